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
  /** Most turns that this caller has at once; without one, as many as there are. */
  readonly share?: number | undefined;
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
  /** Turns that each caller has, where it has any. */
  const turns = new Map<string, number>();
  let isClosed = false;

  const overloaded = (message: string): Refusal =>
    new Refusal('overloaded', message, {
      retryAfter: Math.min(MAX_RETRY_AFTER, 1 + Math.ceil(waits.size / options.capacity)),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  const countTurn = (caller: string, by: 1 | -1): void => {
    const count = (turns.get(caller) ?? 0) + by;
    if (count === 0) turns.delete(caller);
    else turns.set(caller, count);
  };

  /** A full room makes way for a caller with fewer requests in it, at the cost of the last one of the caller with the most. */
  const makeRoom = (caller: string, share: number): void => {
    const hasShare = (turns.get(caller) ?? 0) >= share;
    const startsAtOnce = queue.pending < options.capacity && !hasShare;
    if (startsAtOnce || waits.size < options.waitingRoom) return;
    const waiting = `taken and ${waits.size} requests are waiting already.`;
    const full = overloaded(`All ${options.capacity} places are ${waiting}`);
    const byCaller = Map.groupBy(waits, (wait) => wait.caller);
    const [most = []] = [...byCaller.values()].toSorted((a, b) => b.length - a.length);
    const last = most.at(-1);
    if (last === undefined || most.length <= (byCaller.get(caller)?.length ?? 0) + 1) {
      throw hasShare ? overloaded(`Your share of ${share} places is ${waiting}`) : full;
    }
    last.abort(full);
  };

  const enter = async (
    caller: string,
    { signal, arrival = performance.now(), share }: EnterOptions = {},
  ): Promise<Turn> => {
    signal?.throwIfAborted();
    if (isClosed) throw overloaded('The service is shutting down.');
    makeRoom(caller, share ?? Infinity);
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
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      countTurn(caller, -1);
      left.resolve();
    };
    let hasLeft = false;
    const task = (): Promise<void> => {
      stopWaiting();
      countTurn(caller, 1);
      entered.resolve({ waitedMs: performance.now() - start, [Symbol.dispose]: leave });
      return left.promise;
    };
    const allowance = share === undefined ? undefined : () => share - (turns.get(caller) ?? 0);
    queue.add(task, { caller, allowance, signal: controller.signal }).catch((error: unknown) => {
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
      return waits.size;
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
