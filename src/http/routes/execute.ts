import type { Hono } from 'hono';
import { setMetric, timing } from 'hono/timing';
import type { LimitPolicy } from '../../core/limits.ts';
import { validateRequest } from '../../core/validation/validate-request.ts';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../app-env.ts';
import { identifyCaller } from '../caller.ts';
import { complainAboutMediaType, readJsonBody } from '../read-body.ts';
import { respondOutcome } from '../respond-outcome.ts';
import { respondRefusal } from '../respond-refusal.ts';

export interface ExecuteRouteOptions {
  readonly executor: Executor;
  readonly limitPolicy: LimitPolicy;
  readonly caps: { readonly bodyBytes: number; readonly scriptBytes: number };
}

/** Steps as they appear in `Server-Timing`, in the order in which they happen. */
const steps = ['analysis', 'queue', 'jail', 'run', 'collect'] as const;

/** `POST /execute`: one script, and what became of it. */
export function routeExecute(app: Hono<AppEnv>, { executor, limitPolicy, caps }: ExecuteRouteOptions): void {
  app.post('/execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const body = await readJsonBody(c, caps.bodyBytes);
    const request = validateRequest(body, { policy: limitPolicy, scriptBytes: caps.scriptBytes });
    const outcome = await executor.execute(request, {
      caller: identifyCaller(c),
      signal: c.get('disconnect'),
      onTimings: (timings) => {
        for (const step of steps) setMetric(c, step, timings[step], undefined, 2);
      },
    });
    return respondOutcome(c, outcome);
  });
}
