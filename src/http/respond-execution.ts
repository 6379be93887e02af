import type { Context } from 'hono';
import { setMetric } from 'hono/timing';
import type { Caller } from '../core/caller.ts';
import { measureOutcome } from '../core/measure-outcome.ts';
import type { Outcome } from '../core/outcome.ts';
import type { ExecutionStart, Timings } from '../executor/executor.ts';
import { startGeneration } from '../executor/start-execution.ts';
import { wantsEvents } from './accept.ts';
import type { AppEnv } from './app-env.ts';
import { respondEvents, type EventsOptions } from './respond-events.ts';
import { respondOutcome } from './respond-outcome.ts';
import type { RunOnce } from './run-once.ts';

/** What is executed, with options that carry its events. */
type Execute = Parameters<typeof startGeneration<Outcome>>[0];
type OwnOptions = Parameters<Execute>[0];

/** Whose run it is, and which one is meant where the caller named it. */
export interface NamedRun {
  readonly caller: Caller;
  readonly key: string | undefined;
  /** Of the body; of no account without a key. */
  readonly digest: string;
}

/** Steps as they appear in `Server-Timing`, in the order in which they happen. */
const steps = ['model', 'analysis', 'queue', 'compile', 'jail', 'run', 'collect'] as const;

/** Executes what a request asks for, once for each key, and answers as the caller wants it: at the end, or event by event. */
export async function respondExecution(
  c: Context<AppEnv>,
  { caller, key, digest }: NamedRun,
  execute: Execute,
  { runOnce, ...options }: EventsOptions & { readonly runOnce: RunOnce },
): Promise<Response> {
  const ask = { caller, signal: c.get('disconnect'), requestId: c.get('requestId') };
  const run = async (own: OwnOptions): Promise<Outcome> => {
    if (key === undefined) return execute(own);
    const { outcome, isReplay } = await runOnce.run(
      { caller: caller.line, key, digest },
      own.signal ?? ask.signal,
      (signal) => execute({ ...own, signal }),
    );
    // A stream's header has left by then where the run is its own; a replay's first event is its last.
    if (isReplay) {
      c.header('Idempotent-Replayed', 'true');
      await c.get('hold')?.take(measureOutcome(outcome), ask.signal);
    }
    return outcome;
  };
  const tell = (timings: Partial<Timings>): void => {
    for (const step of steps) {
      const duration = timings[step];
      if (duration !== undefined) setMetric(c, step, duration, undefined, 2);
    }
  };
  if (!wantsEvents(c)) return respondOutcome(c, await run({ ...ask, onTimings: tell }));
  // The header leaves when the script starts: it has what came before.
  const onStart = ({ timings: { model, analysis, queue, compile, jail } }: ExecutionStart): void =>
    tell({
      analysis,
      queue,
      jail,
      ...(compile === undefined ? {} : { compile }),
      ...(model === undefined ? {} : { model }),
    });
  return respondEvents(c, startGeneration(run, { ...ask, onStart }), options);
}
