import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { digestScript } from '../executor/digest.ts';
import type { EventListener } from '../executor/events.ts';
import type { ExecutionContext } from '../executor/execution-context.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import { refuseFor } from './session-refusals.ts';

/** Runs an execution of a session, and tells how it ended, like any other execution. */
export async function auditCell(
  onEvent: EventListener,
  { id, plan, options, arrival, timings, starts }: ExecutionContext,
  session: string,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const digest = digestScript(plan.script);
  const scriptHash = typeof digest === 'string' ? digest : await digest;
  const { caller, requestId, traceparent } = options;
  const audit = { key: caller?.key, runtime: plan.runtime, scriptHash, requestId, traceparent, session };
  const ending = { id, audit, arrival };
  try {
    const outcome = await run();
    options.onTimings?.(timings);
    const { duration_ms, cpu_ms, memory_peak_bytes } = outcome.execution;
    onEvent({
      type: 'execution_finished',
      ...ending,
      verdict: outcome.success ? 'success' : outcome.error,
      returnCode: outcome.return_code,
      usage: { duration_ms, cpu_ms, memory_peak_bytes },
      ...{ timings, starts },
    });
    return outcome;
  } catch (error) {
    if (error instanceof JailFailure) onEvent({ type: 'jail_failed', id, error });
    const refusal = error instanceof JailFailure ? refuseFor(error) : error;
    if (refusal instanceof Refusal)
      onEvent({
        type: 'execution_refused',
        ...ending,
        category: refusal.category,
        message: refusal.message,
      });
    else onEvent({ type: 'execution_aborted', ...ending });
    throw refusal;
  }
}
