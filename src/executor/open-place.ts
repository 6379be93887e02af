import { strongerOf, type Isolation } from '../core/contract/isolation.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { RuntimeName } from '../core/contract/runtimes.ts';
import type { OpenRuntime, RuntimeRegistry } from '../runtimes/registry.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { ExecutionContext } from './execution-context.ts';
import { openInTime, type WaitOptions } from './wait-for-jail.ts';

export interface PlaceParts {
  /** Runs Python scripts. */
  readonly python: Pick<JailSupply, 'ready'>;
  /** Runs scripts that want a stronger way than others have. */
  readonly strong?: StrongerParts | undefined;
  /** Runs Python scripts that have a root directory of their own. */
  readonly rooted: Pick<JailSupply, 'ready'>;
  /** Runs scripts of other runtimes. */
  readonly runtimes: Pick<RuntimeRegistry, 'requireOffer' | 'open'>;
}

/** The same with jails that are made in a stronger way, by that. */
export type StrongerParts = Readonly<Partial<Record<Isolation, StrongParts>>>;

interface StrongParts {
  readonly python: Pick<JailSupply, 'ready'>;
  /** Undefined where the usual ones are as strong. */
  readonly runtimes?: Pick<RuntimeRegistry, 'open'> | undefined;
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
  const strong = parts.strong?.[execution.isolation];
  const {
    runtime,
    workspace: { root },
  } = execution.plan;
  runtimes.requireOffer(runtime);
  if (runtime !== 'python') {
    const program = await openInTime(
      execution,
      () => requireHold((strong?.runtimes ?? runtimes).open(runtime), ON_REQUEST),
      waiting,
    );
    return { sandbox: program.sandbox, program };
  }
  const special = root === undefined ? strong?.python : rooted;
  if (special === undefined) return { sandbox: await requireReady(python), program: undefined };
  const { sandbox } = await openInTime(execution, () => requireHold(special.ready(), ON_REQUEST), waiting);
  return { sandbox, program: undefined };
}

/** Facts about a jail in every outcome. */
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
  const hasRoot = workspace.root !== undefined;
  // Jails with a root of their own are all made by nsjail.
  const isolation = hasRoot ? 'nsjail' : strongerOf(execution.isolation, ofRuntime(runtime));
  const isUsual = parts.strong?.[execution.isolation] === undefined;
  if (runtime === 'python' && !hasRoot && isUsual)
    return { enforcement: (await requireReady(parts.python)).enforcement, isolation };
  try {
    return { enforcement: (await parts.python.ready()).sandbox.enforcement, isolation };
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    return toProtection((await openPlace(parts, execution, waiting)).sandbox);
  }
}

/** Templates are interpreters of Python. */
const ofRuntime = (runtime: RuntimeName): Isolation => (runtime === 'python' ? 'template' : 'nursery');

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
