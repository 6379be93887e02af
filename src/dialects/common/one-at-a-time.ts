import { createFairQueue, fitsPlaces } from '../../pool/fair-queue.ts';

export interface OneAtATime {
  /**
   * Runs `action` after all earlier ones of the same caller, in parallel with those of other callers.
   * @throws Refusal `overloaded` when too many wait; the reason of the signal when it is aborted before the turn.
   */
  enter<T>(queueKey: string, action: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Practically unbounded: the caller's patience and the earlier requests bound the wait. */
const MOST_WAIT_SECONDS = 24 * 60 * 60;

/** Creates a queue with one turn at a time for each caller, first in, first out. */
export function createOneAtATime(mostWaiting: number): OneAtATime {
  const queue = createFairQueue({
    fits: fitsPlaces(Infinity),
    waitingRoom: mostWaiting,
    maxWait: MOST_WAIT_SECONDS,
    retryAfter: () => 1,
    describe: () => 'Server busy, try later',
  });
  return {
    enter: async (queueKey, action, signal) => {
      using _turn = await queue.enter(queueKey, { signal, share: 1 });
      signal.throwIfAborted();
      return await action();
    },
  };
}
