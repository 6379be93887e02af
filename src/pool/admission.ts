import PQueue from 'p-queue';
import { Refusal } from '../core/refusal.ts';

export interface AdmissionOptions {
  /** Executions at once. */
  readonly capacity: number;
  /** Requests that may wait for a turn. */
  readonly waitingRoom: number;
  /** Longest wait, in seconds. */
  readonly maxWait: number;
}

/** The right to run one execution; disposing of it lets the next one in. */
export interface Turn extends Disposable {
  /** How long it was waited for, in milliseconds. */
  readonly waitedMs: number;
}

export interface Admission {
  readonly running: number;
  readonly waiting: number;
  readonly options: AdmissionOptions;
  /**
   * Waits for a turn, first come, first served.
   * @throws Refusal `overloaded` where the waiting room is full or the wait too long; the signal's reason where it aborts.
   */
  enter(signal?: AbortSignal): Promise<Turn>;
  /** Refuses those who wait and those who come; resolves when the last turn is given back. */
  close(): Promise<void>;
}

/** Seconds after which a refused caller may try again: what the queue before it takes at a guess, within reason. */
const MAX_RETRY_AFTER = 30;

export function createAdmission(options: AdmissionOptions): Admission {
  const queue = new PQueue({ concurrency: options.capacity });
  const waiting = new Set<AbortController>();
  let isClosed = false;

  const overloaded = (message: string): Refusal =>
    new Refusal('overloaded', message, {
      retryAfter: Math.min(MAX_RETRY_AFTER, 1 + Math.ceil(queue.size / options.capacity)),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  const enter = async (signal?: AbortSignal): Promise<Turn> => {
    signal?.throwIfAborted();
    if (isClosed) throw overloaded('The service is shutting down.');
    if (queue.pending >= options.capacity && queue.size >= options.waitingRoom) {
      throw overloaded(
        `All ${options.capacity} places are taken and ${queue.size} requests are waiting already.`,
      );
    }
    const start = performance.now();
    // Only for the wait: once it runs, p-queue would free the place of a task whose signal aborts, while its jail still lives.
    const wait = new AbortController();
    const onAbort = (): void => wait.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => wait.abort(overloaded(`There was no free place within ${options.maxWait} s.`)),
      options.maxWait * 1000,
    );
    waiting.add(wait);
    const entered = Promise.withResolvers<Turn>();
    const left = Promise.withResolvers<void>();
    const stopWaiting = (): void => {
      clearTimeout(timer);
      waiting.delete(wait);
      signal?.removeEventListener('abort', onAbort);
    };
    queue
      .add(
        () => {
          stopWaiting();
          entered.resolve({ waitedMs: performance.now() - start, [Symbol.dispose]: left.resolve });
          return left.promise;
        },
        { signal: wait.signal },
      )
      .catch((error: unknown) => {
        stopWaiting();
        entered.reject(error);
      });
    return entered.promise;
  };

  return {
    get running() {
      return queue.pending;
    },
    get waiting() {
      return queue.size;
    },
    options,
    enter,
    close: async () => {
      isClosed = true;
      for (const wait of waiting) wait.abort(overloaded('The service is shutting down.'));
      await queue.onIdle();
    },
  };
}
