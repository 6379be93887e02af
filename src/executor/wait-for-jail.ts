import { Refusal } from '../core/contract/refusal.ts';
import { hasPackageEnvironments } from '../core/contract/runtimes.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { Jail, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';
import { queueKeyOf, type ExecutionContext } from './execution-context.ts';
import { waitFor, type Patience, type PatienceOptions } from '../pool/patience.ts';

/*
 * The rest of the longest wait also bounds the start of a jail, so that a caller never waits longer than that wait
 * and `timeout`.
 */

/** Shortest time that a jail gets to start, so that a turn at the last moment is not lost for a few milliseconds. */
const LEAST_START_MS = 1000;

/**
 * Waits for `open` as long as the request says, else within the longest wait. The first use of a runtime makes its image, which can take a minute, and
 * attacks its jails; that goes on without the caller, who can try again.
 */
export async function openInTime<T>(
  execution: ExecutionContext,
  open: () => Promise<T>,
  { maxWait, patience }: WaitOptions,
): Promise<T> {
  const { plan, signal, options } = execution;
  if (plan.wait === undefined) {
    const came = await waitFor(open(), leftOf(maxWait, execution.arrival) / 1000, signal);
    return orNotReady(came, plan.runtime);
  }
  const started = performance.now();
  const asked = { queueKey: queueKeyOf(options), seconds: plan.wait, signal };
  const came = await patience.wait(open(), asked);
  execution.arrival += performance.now() - started;
  return orNotReady(came, plan.runtime);
}

function orNotReady<T>(came: { readonly value: T } | undefined, runtime: string): T {
  if (came === undefined) throw notReady(runtime);
  return came.value;
}

export interface WaitOptions {
  /** Longest wait of a request that names none, in seconds. */
  readonly maxWait: number;
  readonly patience: Pick<Patience, 'wait'>;
}

/** Waits for the first build of the plan's environment as long as the plan says; not at all where it says nothing. */
export async function waitForBuild(
  environments: Pick<EnvironmentView, 'whenBuilt'>,
  { runtime, environment, wait }: ExecutionPlan,
  patience: Pick<Patience, 'wait'>,
  asked: Omit<PatienceOptions, 'seconds'>,
): Promise<void> {
  if (wait === undefined || wait === 0 || !hasPackageEnvironments(runtime)) return;
  const built = environments.whenBuilt(environment, runtime);
  if (built !== undefined) await patience.wait(built, { ...asked, seconds: wait });
}

/** Leases a jail within the longest wait. @param maxWait seconds. */
export async function leaseInTime(
  { limits, signal, arrival }: ExecutionContext,
  sandbox: Sandbox,
  options: LeaseOptions,
  maxWait: number,
): Promise<Jail> {
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(tooSlow()),
    Math.max(leftOf(maxWait, arrival), LEAST_START_MS),
  );
  try {
    return await sandbox.lease(limits, { ...options, signal: AbortSignal.any([signal, patience.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

const leftOf = (maxWait: number, arrival: number): number => arrival + maxWait * 1000 - performance.now();

const notReady = (runtime: string): Refusal =>
  new Refusal('overloaded', `Runtime "${runtime}" is being made ready for its first use.`, {
    kind: 'runtime_preparing',
    retryAfter: 30,
    suggestions: ['Send "wait": 120 to wait for it, or the request again after the seconds in Retry-After.'],
  });

const tooSlow = (): Refusal =>
  new Refusal('overloaded', 'No jail was ready in time.', {
    retryAfter: 5,
    suggestions: ['Send the request again after the seconds in Retry-After.'],
  });
