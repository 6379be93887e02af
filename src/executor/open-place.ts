import { Refusal } from '../core/contract/refusal.ts';
import type { OpenRuntime, RuntimeRegistry } from '../runtimes/registry.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { ExecutionContext } from './execution-context.ts';
import { openInTime, type WaitOptions } from './wait-for-jail.ts';

export interface PlaceParts {
  /** Runs Python scripts. */
  readonly python: Pick<JailSupply, 'ready'>;
  /** Runs those of Python scripts that want nsjail, where others come from nurseries; undefined where all want it. */
  readonly strong?: Pick<JailSupply, 'ready'> | undefined;
  /** Runs Python scripts that have a root directory of their own. */
  readonly rooted: Pick<JailSupply, 'ready'>;
  /** Runs scripts of other runtimes. */
  readonly runtimes: Pick<RuntimeRegistry, 'requireOffer' | 'open'>;
}

/** Sandbox and program for one script. */
export interface Place {
  readonly sandbox: Sandbox;
  /** Undefined for Python, whose interpreter is part of the jail. */
  readonly program: OpenRuntime | undefined;
}

/**
 * Returns the sandbox and program for an execution; opens them first if needed.
 * @throws Refusal when the runtime is not offered, not installed, not ready in time, or its isolation does not hold.
 */
export async function openPlace(
  parts: PlaceParts,
  execution: ExecutionContext,
  waiting: WaitOptions,
): Promise<Place> {
  const { python, rooted, runtimes } = parts;
  const {
    runtime,
    workspace: { root },
  } = execution.plan;
  runtimes.requireOffer(runtime);
  if (runtime !== 'python') {
    const program = await openInTime(
      execution,
      () => requireHold(runtimes.open(runtime), ON_REQUEST),
      waiting,
    );
    return { sandbox: program.sandbox, program };
  }
  const special = root === undefined ? findStrong(parts, execution) : rooted;
  if (special === undefined) return { sandbox: await requireReady(python), program: undefined };
  const { sandbox } = await openInTime(execution, () => requireHold(special.ready(), ON_REQUEST), waiting);
  return { sandbox, program: undefined };
}

/** Returns the supply of jails that a Python script wants instead of the usual ones; undefined for those. */
const findStrong = ({ strong }: PlaceParts, { isolation }: ExecutionContext): PlaceParts['strong'] =>
  isolation === 'nsjail' ? strong : undefined;

/** What is said of a jail in every outcome. */
export type Protection = Pick<Sandbox, 'enforcement' | 'isolation'>;

/**
 * Returns how jails are made and what enforces limits on this host, for an outcome of which nothing is started. Jails of Python
 * are open already; only while they are out, or are not those that the plan asks for, the place itself is opened for it.
 * @throws as `openPlace`.
 */
export async function findProtection(
  parts: PlaceParts,
  execution: ExecutionContext,
  waiting: WaitOptions,
): Promise<Protection> {
  const { runtime, workspace } = execution.plan;
  parts.runtimes.requireOffer(runtime);
  const isPlain = runtime === 'python' && workspace.root === undefined;
  if (isPlain && findStrong(parts, execution) === undefined)
    return toProtection(await requireReady(parts.python));
  try {
    // All others are made by nsjail.
    return { enforcement: (await parts.python.ready()).sandbox.enforcement, isolation: 'nsjail' };
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    return toProtection((await openPlace(parts, execution, waiting)).sandbox);
  }
}

const toProtection = ({ enforcement, isolation }: Sandbox): Protection => ({ enforcement, isolation });

const requireReady = async (python: Pick<JailSupply, 'ready'>): Promise<Sandbox> =>
  (await requireHold(python.ready(), BY_TIMER)).sandbox;

/** Seconds after which jails that are attacked again by a timer may hold. */
const BY_TIMER = 15;
/** Seconds after which a request that has jails attacked again may succeed. */
const ON_REQUEST = 5;

/** Turns an outage into a refusal: the supply reports it to the log, and this execution did not fail. */
async function requireHold<T>(opened: Promise<T>, retryAfter: number): Promise<T> {
  try {
    return await opened;
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    throw new Refusal('sandbox_unavailable', error.message, {
      suggestions: error.remedy === undefined ? [] : [error.remedy],
      retryAfter,
    });
  }
}
