import { createFairQueue, fitsPlaces, guessRetry, type EnterOptions, type Turn } from './fair-queue.ts';

export type { Turn } from './fair-queue.ts';

export interface AdmissionOptions {
  /** Maximum number of executions at once. */
  readonly capacity: number;
  /** Maximum number of requests that wait for a turn. */
  readonly waitingRoom: number;
  /** Longest wait, in seconds. */
  readonly maxWait: number;
  /** Whether a caller may have another turn now, besides its share. When that may have changed, call `look`. */
  readonly mayRun?: ((queueKey: string) => boolean) | undefined;
}

/** Queue in front of all executions: each runs in a turn of its caller. */
export interface Admission {
  readonly running: number;
  readonly waiting: number;
  readonly options: AdmissionOptions;
  /**
   * Waits for the right to run one execution.
   * @param queueKey key of the caller's queue: requests with the same key wait in order.
   * @throws Refusal `overloaded` when the waiting room is full or the wait too long; otherwise the reason of the
   * aborted signal.
   */
  enter(queueKey: string, options?: Omit<EnterOptions, 'weight'>): Promise<Turn>;
  look(): void;
  /** Refuses waiting and new requests; resolves when the last turn is returned. */
  close(): Promise<void>;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { capacity, waitingRoom, maxWait, mayRun = () => true } = options;
  const hasPlace = fitsPlaces(capacity);
  const queue = createFairQueue({
    fits: (ask) => hasPlace(ask) && mayRun(ask.queueKey),
    waitingRoom,
    maxWait,
    retryAfter: guessRetry(capacity),
    describe: ({ why, waiting, share }) => {
      if (why === 'closing') return 'The service is shutting down.';
      if (why === 'late') return `There was no free place within ${maxWait} s.`;
      const places = share === undefined ? `All ${capacity} places are` : `Your share of ${share} places is`;
      return `${places} taken and ${waiting} requests are waiting already.`;
    },
  });
  return {
    get running() {
      return queue.used;
    },
    get waiting() {
      return queue.waiting;
    },
    options,
    enter: (queueKey, asked) => queue.enter(queueKey, asked),
    look: () => queue.look(),
    close: () => queue.close(),
  };
}
