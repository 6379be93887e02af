import { measureOutcome } from '../core/contract/measure-outcome.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { createFairCache } from '../pool/fair-cache.ts';

/** Milliseconds for which an outcome is remembered. */
const REMEMBERED = 10 * 60_000;
/** Maximum number of outcomes remembered; beyond it the caller with the most loses one. */
const MOST_OUTCOMES = 10_000;
/** Maximum bytes of all outcomes: more than twice the largest possible under the default ceilings. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Bytes that a refusal counts as. */
const REFUSAL = 4096;

/** Identity of a run: the queue of its caller, an idempotency key, and the first body sent with it. */
export interface RunClaim {
  readonly queueKey: string;
  /** Idempotency key. */
  readonly key: string;
  /** Digest of the body's bytes. */
  readonly digest: string;
}

export interface RunOnce {
  /**
   * Returns the outcome of the one run of a key: the run that `start` begins, a pending one, or one that ended within
   * the last ten minutes. A run ends when all its callers are gone.
   *
   * @throws Refusal `invalid_input` when the key was used with another body; the error of `start`; the reason of
   * `signal`. Retryable refusals and faults are not remembered.
   */
  run(
    claim: RunClaim,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly isReplay: boolean }>;
}

interface Ended {
  readonly digest: string;
  readonly end: Outcome | Refusal;
}

interface UnderWay {
  readonly digest: string;
  readonly promise: Promise<Outcome>;
  readonly controller: AbortController;
  waiting: number;
}

export const onceBounds = { ttl: REMEMBERED, maxOutcomes: MOST_OUTCOMES, maxBytes: MOST_BYTES };

export function createRunOnce({
  ttl = onceBounds.ttl,
  maxOutcomes = onceBounds.maxOutcomes,
  maxBytes = onceBounds.maxBytes,
} = {}): RunOnce {
  const ended = createFairCache<Ended>({ most: maxOutcomes, mostBytes: maxBytes, ttl, measure });
  const underWay = new Map<string, UnderWay>();

  const begin = (
    name: string,
    { queueKey, key, digest }: RunClaim,
    start: (signal: AbortSignal) => Promise<Outcome>,
  ): UnderWay => {
    const controller = new AbortController();
    const promise = start(controller.signal);
    const run: UnderWay = { digest, promise, controller, waiting: 0 };
    underWay.set(name, run);
    const settle = (end: unknown): void => {
      // A run that all its callers left may have been followed by another.
      if (underWay.get(name) !== run) return;
      underWay.delete(name);
      if (isFinal(end)) ended.set(queueKey, key, { digest, end });
    };
    promise.then(settle, settle);
    return run;
  };

  const leave = (name: string, run: UnderWay, reason: unknown): void => {
    run.waiting -= 1;
    if (run.waiting > 0) return;
    if (underWay.get(name) === run) underWay.delete(name);
    run.controller.abort(reason);
  };

  return {
    run: async (claim, signal, start) => {
      const { queueKey, key, digest } = claim;
      signal.throwIfAborted();
      const name = JSON.stringify([queueKey, key]);
      const before = underWay.get(name) ?? ended.get(queueKey, key);
      if (before !== undefined && before.digest !== digest) throw usedOtherwise();
      if (before !== undefined && 'end' in before) {
        if (before.end instanceof Refusal) throw before.end;
        return { outcome: before.end, isReplay: true };
      }
      const run = before ?? begin(name, claim, start);
      run.waiting += 1;
      const { promise: gone, reject } = Promise.withResolvers<never>();
      const onAbort = (): void => {
        leave(name, run, signal.reason);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the adapter's reason is a string
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return { outcome: await Promise.race([run.promise, gone]), isReplay: before !== undefined };
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

export function isFinal(end: unknown): end is Outcome | Refusal {
  if (end instanceof Refusal) return !end.retryable;
  return typeof end === 'object' && end !== null && 'success' in end;
}

const measure = ({ end }: Ended): number => (end instanceof Refusal ? REFUSAL : measureOutcome(end));

export const usedOtherwise = (): Refusal =>
  new Refusal('invalid_input', 'This Idempotency-Key was used with another body.', {
    suggestions: ['Send the first body again, or choose a new Idempotency-Key for this one.'],
  });
