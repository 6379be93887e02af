import { Refusal } from '../core/refusal.ts';
import type { Jail, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from './execution-context.ts';

/*
 * What is left of the longest wait bounds the start of a jail, too: `timeout` and that wait are all that a caller ever
 * waits.
 */

/** A turn that came at the last moment is not given up for the few milliseconds that a jail takes. */
const LEAST_START_MS = 1000;

/**
 * The first use of a runtime makes its image, which can take a minute, and every kind of jail is attacked before its first
 * use: that goes on without the caller, who may come again.
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

/** @param maxWait seconds. */
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
