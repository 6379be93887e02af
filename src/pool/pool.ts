import { createMakers } from './makers.ts';
import { createDemand } from './demand.ts';
import { createShelf } from './shelf.ts';
import { createWaiters } from './waiters.ts';

/** An item that can be used once. */
export interface Poolable {
  /** Resolves when it can no longer be used, for whatever reason. */
  readonly gone: Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PoolOptions<T extends Poolable> {
  readonly create: (signal: AbortSignal) => Promise<T>;
  /** Fewest items kept ready, also without callers; bounded by `max`. */
  readonly min: number;
  /** Maximum number of items kept ready, however many callers come. */
  readonly max: number;
  /** Age in milliseconds at which an unused item is replaced. */
  readonly maxAgeMs: number;
  /**
   * Maximum number of items made for the shelf at the same time; an item that a caller waits for is made at once.
   */
  readonly makersAtOnce: number;
  /** Whether there is time now to make an item that nobody waits for. */
  readonly hasSpareTime: () => boolean;
  /** Milliseconds without a caller after which the pool shrinks by one. */
  readonly shrinkAfterMs: number;
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

export type PoolEvent =
  | { readonly type: 'built'; readonly ms: number }
  | { readonly type: 'taken'; readonly isWarm: boolean; readonly ms: number }
  | { readonly type: 'discarded'; readonly why: 'died' | 'aged' | 'surplus' }
  | { readonly type: 'build_failed'; readonly error: unknown };

export interface PoolCounts {
  /** Items ready on the shelf. */
  readonly warm: number;
  /** Items being made. */
  readonly building: number;
  readonly built: number;
  readonly discarded: number;
  readonly taken: number;
  /** Items whose caller had to wait until they were made. */
  readonly cold: number;
}

export interface Pool<T> {
  /**
   * Returns an item that nobody else gets: a ready one, else the next that is made.
   * @throws the error of `create`, or the reason of the aborted signal.
   */
  take(signal?: AbortSignal): Promise<T>;
  /** Returns a ready item, if any; otherwise more will be kept ready. */
  tryTake(): T | undefined;
  /** Makes missing items; call it when there may be time. */
  refill(): void;
  counts(): PoolCounts;
  isClosed(): boolean;
  /**
   * Ends all items that are ready or being made; resolves when they are gone. Items already taken belong to their
   * callers.
   */
  close(): Promise<void>;
}

/**
 * Keeps some items ready, between `min` and `max`: one more when a caller found none, one fewer after a while without
 * callers. Each item is given out once and never returns.
 */
export function createPool<T extends Poolable>(options: PoolOptions<T>): Pool<T> {
  const closed = new AbortController();
  const tally = createTally(options.onEvent);
  const waiters = createWaiters<T>();
  const shelf = createShelf<T>(options.maxAgeMs, (why) => {
    tally.discarded(why);
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
      tally.built(ms);
      if (closed.signal.aborted) return shelf.dispose(item);
      if (waiters.give(item)) return;
      if (shelf.size() < options.max) shelf.put(item);
      else shelf.dispose(item);
    },
    onFailure: (error) => {
      if (!closed.signal.aborted) options.onEvent?.({ type: 'build_failed', error });
      waiters.fail(error);
    },
  });

  const note = (item: T | undefined): void => {
    demand.note(item !== undefined);
    if (item !== undefined) shelf.remove(item);
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
      tally.taken(warm !== undefined, performance.now() - start);
      makers.refillLater();
      return taken;
    },
    tryTake: () => {
      if (closed.signal.aborted) return undefined;
      const warm = shelf.oldest();
      note(warm);
      if (warm !== undefined) tally.taken(true, 0);
      makers.refillLater();
      return warm;
    },
    refill: makers.refill,
    counts: () => ({ warm: shelf.size(), building: makers.count(), ...tally.counts() }),
    isClosed: () => closed.signal.aborted,
    close: async () => {
      closed.abort(new Error('The pool is closed.'));
      demand.stop();
      const cleared = shelf.clear();
      waiters.failAll(closed.signal.reason);
      await Promise.all([cleared, makers.stop()]);
      // Includes items that were made meanwhile.
      await shelf.clear();
    },
  };
}

/** Counts what a pool does, and tells of it. */
function createTally(onEvent: (event: PoolEvent) => void = () => {}) {
  const counts = { built: 0, discarded: 0, taken: 0, cold: 0 };
  return {
    built: (ms: number): void => {
      counts.built += 1;
      onEvent({ type: 'built', ms });
    },
    discarded: (why: 'died' | 'aged' | 'surplus'): void => {
      counts.discarded += 1;
      onEvent({ type: 'discarded', why });
    },
    taken: (isWarm: boolean, ms: number): void => {
      counts.taken += 1;
      if (!isWarm) counts.cold += 1;
      onEvent({ type: 'taken', isWarm, ms });
    },
    counts: () => ({ ...counts }),
  };
}
