import PQueue from 'p-queue';
import { Refusal } from '../../../core/refusal.ts';

export interface Line {
  /**
   * Has its turn after all that came before.
   * @throws Refusal `overloaded` where too many wait; the signal's reason when it fires before the turn has come.
   */
  enter<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** One at a time, first in, first out. */
export function createLine(mostWaiting: number): Line {
  const queue = new PQueue({ concurrency: 1 });
  let waiting = 0;
  return {
    enter: async (action, signal) => {
      signal.throwIfAborted();
      if (queue.pending > 0 && waiting >= mostWaiting) {
        throw new Refusal('overloaded', 'Server busy, try later', { retryAfter: 1 });
      }
      let isWaiting = true;
      const leave = (): void => {
        if (isWaiting) waiting -= 1;
        isWaiting = false;
      };
      waiting += 1;
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await queue.add(() => {
          leave();
          signal.throwIfAborted();
          return action();
        });
      } finally {
        leave();
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
