import type { Evidence } from '../core/contract/evidence.ts';
import type { Turn } from '../pool/admission.ts';
import type { Jail } from '../sandbox/sandbox.ts';
import type { EventListener } from './events.ts';
import type { ExecutionContext } from './execution-context.ts';
import type { Place } from './open-place.ts';
import { prepareProgram, prepareScript } from './prepare-job.ts';
import { leaseInTime } from './wait-for-jail.ts';

export interface TurnParts {
  readonly admission: { readonly options: { readonly maxWait: number } };
  readonly onEvent: EventListener;
}

export interface TurnOptions {
  readonly place: Place;
  /** Returned once the jail is gone. */
  readonly turn: Turn;
  /** Jails that are still being closed after the outcome is returned. */
  readonly endings: Set<Promise<void>>;
}

/** Evidence of an execution, and the step it comes from. */
export interface Judged {
  readonly evidence: Evidence;
  readonly step: 'run' | 'compilation';
}

/** Leases a jail and runs the script in it, after its compiler if it has one. */
export async function runInTurn(
  { admission, onEvent }: TurnParts,
  execution: ExecutionContext,
  { place, turn, endings }: TurnOptions,
): Promise<Judged> {
  const { plan, options, signal, timings, starts } = execution;
  const { program, sandbox } = place;
  let jail: Jail | undefined;
  try {
    const prepared =
      program === undefined ? prepareScript(execution) : await prepareProgram(execution, program);
    if ('failed' in prepared) return { evidence: prepared.failed, step: 'compilation' };
    const leased = performance.now();
    starts.jail = leased;
    jail = await leaseInTime(execution, sandbox, prepared.lease, admission.options.maxWait);
    onEvent({ type: 'jail_leased', runtime: plan.runtime });
    const started = performance.now();
    timings.jail = started - leased;
    starts.run = started;
    if (!plan.isPreflight) options.onStart?.({ id: execution.id, timings });
    const evidence = await jail.run(prepared.job, { signal, onOutput: options.onOutput });
    timings.run = evidence.usage.durationMs;
    timings.collect = performance.now() - started - evidence.usage.durationMs;
    starts.collect = started + evidence.usage.durationMs;
    return { evidence, step: 'run' };
  } finally {
    // The answer does not wait for the jail's cleanup; the turn in the queue does.
    const ending = (jail?.[Symbol.asyncDispose]() ?? Promise.resolve())
      .catch((error: unknown) => onEvent({ type: 'jail_failed', id: execution.id, error }))
      .finally(() => {
        if (jail !== undefined) onEvent({ type: 'jail_returned', runtime: plan.runtime });
        turn[Symbol.dispose]();
        endings.delete(ending);
      });
    endings.add(ending);
  }
}
