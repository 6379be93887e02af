import PQueue from 'p-queue';
import { Refusal } from '../core/refusal.ts';
import { FairQueue, type FairOptions } from './fair-queue.ts';

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

export interface EnterOptions {
  /** Ends the wait; `enter` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** When the request came, by `performance.now()`: the longest wait counts from then. */
  readonly arrival?: number;
}

export interface Admission {
  readonly running: number;
  readonly waiting: number;
  readonly options: AdmissionOptions;
  /**
   * Waits for a turn. Callers take turns among each other; each one's own requests are served in their order.
   * @param caller whose request it is: requests of the same caller share one line.
   * @throws Refusal `overloaded` where the waiting room is full or the wait too long; the signal's reason where it aborts.
   */
  enter(caller: string, options?: EnterOptions): Promise<Turn>;
  /** Refuses those who wait and those who come; resolves when the last turn is given back. */
  close(): Promise<void>;
}

/** Seconds after which a refused caller may try again: what the queue before it takes at a guess, within reason. */
const MAX_RETRY_AFTER = 30;

/** One request in the waiting room. */
interface Wait {
  readonly caller: string;
  /** Ends the wait with a reason. */
  readonly abort: (reason: unknown) => void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const queue = new PQueue<FairQueue, FairOptions>({ concurrency: options.capacity, queueClass: FairQueue });
  /** In the order of their arrival. */
  const waits = new Set<Wait>();
  let isClosed = false;

  const overloaded = (message: string): Refusal =>
    new Refusal('overloaded', message, {
      retryAfter: Math.min(MAX_RETRY_AFTER, 1 + Math.ceil(queue.size / options.capacity)),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  /** A full room makes way for a caller with fewer requests in it, at the cost of the last one of the caller with the most. */
  const makeRoom = (caller: string): void => {
    if (queue.pending < options.capacity || queue.size < options.waitingRoom) return;
    const full = overloaded(
      `All ${options.capacity} places are taken and ${queue.size} requests are waiting already.`,
    );
    const byCaller = Map.groupBy(waits, (wait) => wait.caller);
    const [most = []] = [...byCaller.values()].toSorted((a, b) => b.length - a.length);
    const last = most.at(-1);
    if (last === undefined || most.length <= (byCaller.get(caller)?.length ?? 0) + 1) throw full;
    last.abort(full);
  };

  const enter = async (
    caller: string,
    { signal, arrival = performance.now() }: EnterOptions = {},
  ): Promise<Turn> => {
    signal?.throwIfAborted();
    if (isClosed) throw overloaded('The service is shutting down.');
    makeRoom(caller);
    const start = performance.now();
    // Only for the wait: once it runs, p-queue would free the place of a task whose signal aborts, while its jail still lives.
    const controller = new AbortController();
    const wait: Wait = { caller, abort: (reason) => controller.abort(reason) };
    const onAbort = (): void => wait.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => wait.abort(overloaded(`There was no free place within ${options.maxWait} s.`)),
      Math.max(0, arrival + options.maxWait * 1000 - start),
    );
    waits.add(wait);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      waits.delete(wait);
      signal?.removeEventListener('abort', onAbort);
    };
    const entered = Promise.withResolvers<Turn>();
    const left = Promise.withResolvers<void>();
    const task = (): Promise<void> => {
      stopWaiting();
      entered.resolve({ waitedMs: performance.now() - start, [Symbol.dispose]: left.resolve });
      return left.promise;
    };
    queue.add(task, { caller, signal: controller.signal }).catch((error: unknown) => {
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
      for (const wait of waits) wait.abort(overloaded('The service is shutting down.'));
      await queue.onIdle();
    },
  };
}
