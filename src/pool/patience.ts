import { Refusal } from '../core/contract/refusal.ts';

/** Callers that asked to wait for what is being made ready. */
export interface Patience {
  /** Executions that wait now. */
  readonly waiting: number;
  /**
   * Waits for `coming`, at most `seconds`; resolves to whether it came in time.
   * @throws Refusal `overloaded` when too many wait; otherwise the reason of the aborted signal, or what `coming`
   * rejects with.
   */
  wait<T>(coming: Promise<T>, options: PatienceOptions): Promise<{ readonly value: T } | undefined>;
}

export interface PatienceOptions {
  readonly queueKey: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Bounds how many executions wait long: each holds its request in memory. A caller may have as many waiting as it
 * leaves free, so that a newcomer always finds some.
 */
export function createPatience(most: number): Patience {
  const waiting = new Map<string, number>();
  let all = 0;
  const enter = (queueKey: string): void => {
    const own = waiting.get(queueKey) ?? 0;
    if (own + 1 > Math.max(most - all, 1)) {
      throw new Refusal('overloaded', `${all} requests wait already for what is being made ready.`, {
        retryAfter: 10,
        suggestions: ['Leave "wait" out, and send the request again later.'],
      });
    }
    waiting.set(queueKey, own + 1);
    all += 1;
  };
  const leave = (queueKey: string): void => {
    const own = (waiting.get(queueKey) ?? 1) - 1;
    if (own === 0) waiting.delete(queueKey);
    else waiting.set(queueKey, own);
    all -= 1;
  };
  return {
    get waiting() {
      return all;
    },
    wait: async (coming, { queueKey, seconds, signal }) => {
      // It may reject after nobody waits any more.
      coming.catch(() => undefined);
      signal.throwIfAborted();
      enter(queueKey);
      try {
        return await waitFor(coming, seconds, signal);
      } finally {
        leave(queueKey);
      }
    },
  };
}

/** Resolves to undefined after `seconds`. */
export async function waitFor<T>(
  coming: Promise<T>,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly value: T } | undefined> {
  const end = Promise.withResolvers<undefined>();
  const giveUp = (): void => end.reject(signal.reason);
  const timer = setTimeout(() => end.resolve(undefined), seconds * 1000);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([coming.then((value) => ({ value })), end.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
