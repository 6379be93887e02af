import type { Hono } from 'hono';
import { setMetric, timing } from 'hono/timing';
import type { LimitPolicy } from '../../core/limits.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../app-env.ts';
import { createBodyThread } from '../body-thread.ts';
import { identifyCaller } from '../caller.ts';
import { complainAboutMediaType, readBody, SMALL_BODY } from '../read-body.ts';
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
  const rules = { policy: limitPolicy, scriptBytes: caps.scriptBytes };
  const bodyThread = createBodyThread();
  app.post('/execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const body = await readBody(c, caps.bodyBytes);
    const request =
      body.length <= SMALL_BODY
        ? readRequest(body, rules)
        : await bodyThread.read(body, rules, c.get('disconnect'));
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
