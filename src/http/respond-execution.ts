import type { Context } from 'hono';
import { setMetric } from 'hono/timing';
import type { Caller } from '../core/contract/caller.ts';
import { measureOutcome } from '../core/contract/measure-outcome.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import type { ExecutionStart, Timings } from '../executor/executor.ts';
import { startGeneration } from '../executor/start-execution.ts';
import { wantsEvents } from './accept.ts';
import type { AppEnv } from './app-env.ts';
import { orderOf } from './caller.ts';
import { respondEvents, type EventsOptions } from './respond-events.ts';
import { respondOutcome } from './respond-outcome.ts';
import type { RunOnce } from './run-once.ts';

/** Executes with options that carry the events. */
type Execute = Parameters<typeof startGeneration<Outcome>>[0];
type OwnOptions = Parameters<Execute>[0];

/** Caller of a run, and the key under which it runs once. */
export interface NamedRun {
  readonly caller: Caller;
  readonly key: string | undefined;
  /** Digest of the body; unused without a key. */
  readonly digest: string;
}

/** Steps in `Server-Timing`, in order. */
const steps = ['model', 'analysis', 'queue', 'compile', 'jail', 'run', 'collect'] as const;

/** Executes a request, once for each key, and answers at the end or event by event, as the caller prefers. */
export async function respondExecution(
  c: Context<AppEnv>,
  { caller, key, digest }: NamedRun,
  execute: Execute,
  { runOnce, ...options }: EventsOptions & { readonly runOnce: RunOnce },
): Promise<Response> {
  const ask = { ...orderOf(c), caller };
  const run = async (own: OwnOptions): Promise<Outcome> => {
    if (key === undefined) return noteId(c, await execute(own));
    const { outcome, isReplay } = await runOnce.run(
      { queueKey: caller.queueKey, key, digest },
      own.signal ?? ask.signal,
      (signal) => execute({ ...own, signal }),
    );
    // For a run of its own the header of a stream has left by then; a replay has a single event, so the header can
    // still be set.
    if (isReplay) {
      c.header('Idempotent-Replayed', 'true');
      await c.get('hold')?.take(measureOutcome(outcome), ask.signal);
    }
    return noteId(c, outcome);
  };
  const tell = (timings: Partial<Timings>): void => {
    for (const step of steps) {
      const duration = timings[step];
      if (duration !== undefined) setMetric(c, step, duration, undefined, 2);
    }
  };
  if (!wantsEvents(c)) return respondOutcome(c, await run({ ...ask, onTimings: tell }));
  // The header leaves when the script starts, with the steps before.
  const onStart = ({ id, timings: { model, analysis, queue, compile, jail } }: ExecutionStart): void => {
    c.set('executionId', id);
    tell({
      analysis,
      queue,
      jail,
      ...(compile === undefined ? {} : { compile }),
      ...(model === undefined ? {} : { model }),
    });
  };
  return respondEvents(c, startGeneration(run, { ...ask, onStart }), options);
}

/** Notes the id of an execution for the log of the request. */
function noteId(c: Context<AppEnv>, outcome: Outcome): Outcome {
  c.set('executionId', outcome.execution.id);
  return outcome;
}
