import { createMakers } from './makers.ts';
import { createDemand } from './demand.ts';
import { createShelf } from './shelf.ts';
import { createWaiters } from './waiters.ts';

/** Something that waits to be used once. */
export interface Poolable {
  /** Resolves when it can no longer be used, for whatever reason. */
  readonly gone: Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PoolOptions<T extends Poolable> {
  readonly create: (signal: AbortSignal) => Promise<T>;
  /** Fewest that wait, also when nobody comes; `max` where that is less. */
  readonly min: number;
  /** Most that wait, however many come. */
  readonly max: number;
  /** Milliseconds after which one that nobody took is replaced by a fresh one. */
  readonly maxAgeMs: number;
  /** Most that are made at the same time for the shelf; one that somebody waits for is made at once. */
  readonly makersAtOnce: number;
  /** Whether there is time to make one now that nobody waits for. */
  readonly hasSpareTime: () => boolean;
  /** Milliseconds without a taker after which the pool shrinks by one. */
  readonly shrinkAfterMs: number;
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

export type PoolEvent =
  | { readonly type: 'built'; readonly ms: number }
  | { readonly type: 'taken'; readonly isWarm: boolean; readonly ms: number }
  | { readonly type: 'discarded'; readonly why: 'died' | 'aged' | 'surplus' }
  | { readonly type: 'build_failed'; readonly error: unknown };

export interface PoolCounts {
  /** Waiting to be taken. */
  readonly warm: number;
  /** Being made. */
  readonly building: number;
  readonly built: number;
  readonly discarded: number;
  readonly taken: number;
  /** Taken by somebody who had to wait for it to be made. */
  readonly cold: number;
}

export interface Pool<T> {
  /**
   * One that nobody else gets: one that waits, or else the next that is made.
   * @throws what `create` throws, or the signal's reason.
   */
  take(signal?: AbortSignal): Promise<T>;
  /** One that waits already, if any; where none does, more will. */
  tryTake(): T | undefined;
  /** To be called when there may be time to make one. */
  refill(): void;
  counts(): PoolCounts;
  isClosed(): boolean;
  /** Ends all that wait and are being made; resolves when they are gone. What was taken is its taker's. */
  close(): Promise<void>;
}

/**
 * Keeps a few things made ahead. How many: between `min` and `max`, one more whenever somebody found none, one fewer
 * whenever nobody came for a while. Each is given out once and never comes back.
 */
export function createPool<T extends Poolable>(options: PoolOptions<T>): Pool<T> {
  const closed = new AbortController();
  const tally = { built: 0, discarded: 0, taken: 0, cold: 0 };
  const emit = (event: PoolEvent): void => options.onEvent?.(event);
  const waiters = createWaiters<T>();
  const shelf = createShelf<T>(options.maxAgeMs, (why) => {
    tally.discarded += 1;
    emit({ type: 'discarded', why });
    makers.refill();
  });
  const demand = createDemand({
    ...options,
    onShrink: (wanted) => {
      if (shelf.size() > wanted) shelf.discardOldest('surplus');
    },
  });
  const makers = createMakers({
    ...options,
    signal: closed.signal,
    countMissing: () => demand.wanted() - shelf.size() + waiters.count(),
    countAwaited: waiters.count,
    onMade: (item, ms) => {
      tally.built += 1;
      emit({ type: 'built', ms });
      if (closed.signal.aborted) return shelf.dispose(item);
      if (waiters.give(item)) return;
      if (shelf.size() < options.max) shelf.put(item);
      else shelf.dispose(item);
    },
    onFailure: (error) => {
      if (!closed.signal.aborted) emit({ type: 'build_failed', error });
      waiters.fail(error);
    },
  });

  const note = (item: T | undefined): void => {
    demand.note(item !== undefined);
    if (item !== undefined) shelf.remove(item);
  };
  const tell = (isWarm: boolean, ms: number): void => {
    tally.taken += 1;
    if (!isWarm) tally.cold += 1;
    emit({ type: 'taken', isWarm, ms });
  };
  const wait = (signal: AbortSignal | undefined): Promise<T> => {
    const given = waiters.join(signal);
    makers.serve();
    return given;
  };

  makers.refill();
  return {
    take: async (signal) => {
      signal?.throwIfAborted();
      closed.signal.throwIfAborted();
      const start = performance.now();
      const warm = shelf.oldest();
      note(warm);
      const taken = warm ?? (await wait(signal));
      tell(warm !== undefined, performance.now() - start);
      makers.refillLater();
      return taken;
    },
    tryTake: () => {
      if (closed.signal.aborted) return undefined;
      const warm = shelf.oldest();
      note(warm);
      if (warm !== undefined) tell(true, 0);
      makers.refillLater();
      return warm;
    },
    refill: makers.refill,
    counts: () => ({ warm: shelf.size(), building: makers.count(), ...tally }),
    isClosed: () => closed.signal.aborted,
    close: async () => {
      closed.abort(new Error('The pool is closed.'));
      demand.stop();
      const cleared = shelf.clear();
      waiters.failAll(closed.signal.reason);
      await Promise.all([cleared, makers.stop()]);
      // What was made meanwhile was ended, too.
      await shelf.clear();
    },
  };
}
