import { Refusal } from '../core/refusal.ts';
import type { OpenRuntime, RuntimeRegistry } from '../runtimes/runtimes.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { ExecutionContext } from './execution-context.ts';
import { openInTime } from './wait-for-jail.ts';

export interface PlaceParts {
  /** What Python's scripts run in. */
  readonly python: Pick<JailSupply, 'ready'>;
  /** The same with a directory of the script's own. */
  readonly rooted: Pick<JailSupply, 'ready'>;
  /** What runs scripts of other runtimes. */
  readonly runtimes: RuntimeRegistry;
}

/** Where a script runs. */
export interface Place {
  readonly sandbox: Sandbox;
  /** Undefined for Python, whose interpreter is the jail's own. */
  readonly program: OpenRuntime | undefined;
}

/**
 * Where this execution's jail comes from, opened where it is not open.
 * @param maxWait seconds.
 * @throws Refusal where it is not offered, not here, or not ready in time; JailFailure where it does not hold.
 */
export async function openPlace(
  { python, rooted, runtimes }: PlaceParts,
  execution: ExecutionContext,
  maxWait: number,
): Promise<Place> {
  const {
    runtime,
    workspace: { root },
  } = execution.plan;
  runtimes.requireOffer(runtime);
  if (runtime !== 'python') {
    const program = await openInTime(execution, () => runtimes.open(runtime), maxWait);
    return { sandbox: program.sandbox, program };
  }
  if (root === undefined) return { sandbox: await requireReady(python), program: undefined };
  const { sandbox } = await openInTime(execution, () => rooted.ready(), maxWait);
  return { sandbox, program: undefined };
}

/** An outage that is known already is no failure of this execution: the log has it once. */
async function requireReady(python: Pick<JailSupply, 'ready'>): Promise<Sandbox> {
  try {
    return (await python.ready()).sandbox;
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    throw new Refusal('sandbox_unavailable', error.message, {
      suggestions: error.remedy === undefined ? [] : [error.remedy],
      retryAfter: 15,
    });
  }
}
