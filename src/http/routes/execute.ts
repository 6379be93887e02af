import type { Hono } from 'hono';
import { timing } from 'hono/timing';
import { narrowPolicy, type LimitPolicy } from '../../core/contract/limits.ts';
import { planRequest } from '../../core/plan.ts';
import { digestBytes } from '../../executor/digest.ts';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import type { BodyThread } from '../body-thread.ts';
import { askingOf, identifyCaller } from '../caller.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { isSmallBody } from '../body-size.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { respondExecution } from '../respond-execution.ts';
import { requestReader } from '../body-readers.ts';
import { respondRefusal } from '../respond-refusal.ts';
import type { RunOnce } from '../run-once.ts';

export interface ExecuteRouteOptions {
  readonly executor: Executor;
  readonly limitPolicy: LimitPolicy;
  readonly caps: { readonly bodyBytes: number; readonly scriptBytes: number };
  /** Reads bodies that would hold up this thread. */
  readonly bodyThread: BodyThread;
  /** Outcomes by idempotency key. */
  readonly runOnce: RunOnce;
  /** Called with each fault of Brig, including the error that the caller does not see. */
  readonly onIncident: (incident: Incident) => void;
  /** Milliseconds of silence after which a stream of events sends a comment. */
  readonly heartbeatMs?: number | undefined;
}

/** Routes `POST /execute`: runs one script and answers with its outcome. */
export function routeExecute(app: Hono<AppEnv>, options: ExecuteRouteOptions): void {
  const { executor, limitPolicy, caps, bodyThread } = options;
  app.post('/execute', timing({ totalDescription: '' }), async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const caller = identifyCaller(c);
    const rules = { policy: narrowPolicy(limitPolicy, caller.ceilings), scriptBytes: caps.scriptBytes };
    const key = readIdempotencyKey(c.req.header('idempotency-key'));
    const body = await readBody(c, caps.bodyBytes);
    // Before the body is read, which transfers its memory to the thread.
    const digest = key === undefined ? '' : await digestBytes(body, 'base64');
    const request = isSmallBody(body)
      ? requestReader.read(body, rules)
      : await bodyThread.read(requestReader, body, rules, askingOf(c));
    const named = { caller, key: key && `execute ${key}`, digest };
    return respondExecution(c, named, (own) => executor.execute(planRequest(request), own), options);
  });
}
