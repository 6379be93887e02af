import { Refusal } from '../core/contract/refusal.ts';
import type { Jail, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from './execution-context.ts';

/*
 * The rest of the longest wait also bounds the start of a jail, so that a caller never waits longer than that wait
 * and `timeout`.
 */

/** Shortest time that a jail gets to start, so that a turn at the last moment is not lost for a few milliseconds. */
const LEAST_START_MS = 1000;

/**
 * Waits for `open` within the longest wait. The first use of a runtime makes its image, which can take a minute, and
 * attacks its jails; that goes on without the caller, who can try again.
 * @param maxWait seconds.
 */
export async function openInTime<T>(
  { plan, signal, arrival }: ExecutionContext,
  open: () => Promise<T>,
  maxWait: number,
): Promise<T> {
  const waiting = Promise.withResolvers<never>();
  const giveUp = (): void => waiting.reject(signal.reason);
  const timer = setTimeout(() => waiting.reject(notReady(plan.runtime)), leftOf(maxWait, arrival));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([open(), waiting.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
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
    retryAfter: 30,
    suggestions: ['Send the request again in a minute.', 'For the operator: `brig prepare` does this ahead.'],
  });

const tooSlow = (): Refusal =>
  new Refusal('overloaded', 'No jail was ready in time.', {
    retryAfter: 5,
    suggestions: ['Send the request again after the seconds in Retry-After.'],
  });
