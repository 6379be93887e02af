import type { Hono } from 'hono';
import { setMetric, timing } from 'hono/timing';
import { narrowPolicy, type LimitPolicy } from '../../core/limits.ts';
import type { Outcome } from '../../core/outcome.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import { digestBytes } from '../../executor/digest.ts';
import type { ExecuteOptions, ExecutionStart, Executor } from '../../executor/executor.ts';
import { startExecution } from '../../executor/start-execution.ts';
import { wantsEvents } from '../accept.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import { createBodyThread } from '../body-thread.ts';
import { identifyCaller } from '../caller.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { complainAboutMediaType, readBody, SMALL_BODY } from '../read-body.ts';
import { respondEvents } from '../respond-events.ts';
import { respondOutcome } from '../respond-outcome.ts';
import { respondRefusal } from '../respond-refusal.ts';
import { createRunOnce } from '../run-once.ts';

export interface ExecuteRouteOptions {
  readonly executor: Executor;
  readonly limitPolicy: LimitPolicy;
  readonly caps: { readonly bodyBytes: number; readonly scriptBytes: number };
  /** Told of every fault of ours, with the error that the caller does not see. */
  readonly onIncident: (incident: Incident) => void;
  /** Milliseconds of silence after which a stream of events shows that it is alive. */
  readonly heartbeatMs?: number | undefined;
}

/** Steps as they appear in `Server-Timing`, in the order in which they happen. */
const steps = ['analysis', 'queue', 'compile', 'jail', 'run', 'collect'] as const;

/** `POST /execute`: one script, and what became of it. */
export function routeExecute(app: Hono<AppEnv>, options: ExecuteRouteOptions): void {
  const { executor, limitPolicy, caps } = options;
  const bodyThread = createBodyThread();
  const runOnce = createRunOnce();
  app.post('/execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const caller = identifyCaller(c);
    const rules = { policy: narrowPolicy(limitPolicy, caller.ceilings), scriptBytes: caps.scriptBytes };
    const key = readIdempotencyKey(c.req.header('idempotency-key'));
    const body = await readBody(c, caps.bodyBytes);
    // Before the body is read: its memory goes to the thread that does.
    const digest = key === undefined ? '' : await digestBytes(body, 'base64');
    const request =
      body.length <= SMALL_BODY
        ? readRequest(body, rules)
        : await bodyThread.read(body, rules, c.get('disconnect'));
    const ask = { caller, signal: c.get('disconnect') };
    const run = async (own: ExecuteOptions): Promise<Outcome> => {
      if (key === undefined) return executor.execute(request, own);
      const { outcome, isReplay } = await runOnce.run(
        { caller: caller.line, key, digest },
        own.signal ?? ask.signal,
        (signal) => executor.execute(request, { ...own, signal }),
      );
      // A stream's header has left by then where the run is its own; a replay's first event is its last.
      if (isReplay) c.header('Idempotent-Replayed', 'true');
      return outcome;
    };
    const tell = (timings: Partial<Record<(typeof steps)[number], number | undefined>>): void => {
      for (const step of steps) {
        const duration = timings[step];
        if (duration !== undefined) setMetric(c, step, duration, undefined, 2);
      }
    };
    if (!wantsEvents(c)) return respondOutcome(c, await run({ ...ask, onTimings: tell }));
    // The header leaves when the script starts: it has what came before.
    const onStart = ({ timings: { analysis, queue, compile, jail } }: ExecutionStart) =>
      tell({ analysis, queue, compile, jail });
    const execution = startExecution(run, { ...ask, onStart });
    return respondEvents(c, execution, options);
  });
}
