import { createFairQueue, fitsPlaces } from '../../pool/fair-queue.ts';

export interface Line {
  /**
   * Has its turn after all that came before it from the same caller, whoever else has one meanwhile.
   * @throws Refusal `overloaded` where too many wait; the signal's reason when it fires before the turn has come.
   */
  enter<T>(caller: string, action: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A wait for as long as the caller has patience: what comes before bounds it. */
const MOST_WAIT_SECONDS = 24 * 60 * 60;

/** One at a time for each caller, first in, first out. */
export function createLine(mostWaiting: number): Line {
  const queue = createFairQueue({
    fits: fitsPlaces(Infinity),
    waitingRoom: mostWaiting,
    maxWait: MOST_WAIT_SECONDS,
    retryAfter: () => 1,
    describe: () => 'Server busy, try later',
  });
  return {
    enter: async (caller, action, signal) => {
      using _turn = await queue.enter(caller, { signal, share: 1 });
      signal.throwIfAborted();
      return await action();
    },
  };
}
