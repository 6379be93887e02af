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

const REFILL_DELAY_MS = 15;
/** After a failure nothing is made ahead for so long. */
const REST_MS = 1000;

interface Waiter<T> {
  readonly give: (item: T) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Keeps a few things made ahead. How many: between `min` and `max`, one more whenever somebody found none, one fewer
 * whenever nobody came for a while. Each is given out once and never comes back.
 */
export function createPool<T extends Poolable>(options: PoolOptions<T>): Pool<T> {
  const shelf = new Map<T, NodeJS.Timeout>();
  const waiters: Waiter<T>[] = [];
  const makers = new Set<Promise<void>>();
  const endings = new Set<Promise<void>>();
  const closed = new AbortController();
  const tally = { built: 0, discarded: 0, taken: 0, cold: 0 };
  const fewest = Math.min(options.min, options.max);
  let target = fewest;
  let shrinkTimer: NodeJS.Timeout | undefined;
  let refillTimer: NodeJS.Timeout | undefined;
  let restUntil = 0;

  const emit = (event: PoolEvent): void => options.onEvent?.(event);

  const discard = (item: T, why: 'died' | 'aged' | 'surplus'): void => {
    if (!takeOff(item)) return;
    tally.discarded += 1;
    emit({ type: 'discarded', why });
    dispose(item);
    refill();
  };

  const dispose = (item: T): void => {
    const ending = item[Symbol.asyncDispose]()
      .catch(() => undefined)
      .finally(() => endings.delete(ending));
    endings.add(ending);
  };

  const takeOff = (item: T): boolean => {
    clearTimeout(shelf.get(item));
    return shelf.delete(item);
  };

  const putOn = (item: T): void => {
    if (closed.signal.aborted) return dispose(item);
    const waiter = waiters.shift();
    if (waiter !== undefined) return waiter.give(item);
    if (shelf.size >= options.max) return dispose(item);
    shelf.set(item, setTimeout(() => discard(item, 'aged'), options.maxAgeMs).unref());
    void item.gone.then(() => discard(item, 'died'));
  };

  const make = (): void => {
    const maker = makeOne().finally(() => {
      makers.delete(maker);
      refill();
    });
    makers.add(maker);
  };

  const makeOne = async (): Promise<void> => {
    const start = performance.now();
    try {
      const item = await options.create(closed.signal);
      tally.built += 1;
      emit({ type: 'built', ms: performance.now() - start });
      putOn(item);
    } catch (error) {
      if (!closed.signal.aborted) emit({ type: 'build_failed', error });
      // Whatever it was may last: those who wait are told at once, the shelf is filled more slowly.
      restUntil = performance.now() + REST_MS;
      waiters.shift()?.fail(error);
    }
  };

  /** Makes what is missing on the shelf, never more at once than allowed and only when nothing better is to be done. */
  const refill = (): void => {
    if (closed.signal.aborted || performance.now() < restUntil) return;
    for (let spare = makers.size - waiters.length; spare < options.makersAtOnce; spare += 1) {
      if (shelf.size + spare >= target || !options.hasSpareTime()) return;
      make();
    }
  };

  /** Making one takes the event loop and a core from the taker: most are done with what they took before this. */
  const refillLater = (): void => {
    refillTimer ??= setTimeout(() => {
      refillTimer = undefined;
      refill();
    }, REFILL_DELAY_MS).unref();
  };

  const scheduleShrink = (): void => {
    clearTimeout(shrinkTimer);
    if (target <= fewest || closed.signal.aborted) return;
    shrinkTimer = setTimeout(() => {
      target -= 1;
      const surplus = shelf.size > target ? shelf.keys().next().value : undefined;
      if (surplus !== undefined) discard(surplus, 'surplus');
      scheduleShrink();
    }, options.shrinkAfterMs).unref();
  };

  const tryTake = (): T | undefined => {
    if (closed.signal.aborted) return undefined;
    const [item] = shelf.keys();
    if (item === undefined) target = Math.min(options.max, target + 1);
    else {
      takeOff(item);
      tally.taken += 1;
      emit({ type: 'taken', isWarm: true, ms: 0 });
    }
    scheduleShrink();
    refillLater();
    return item;
  };

  const take = async (signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    closed.signal.throwIfAborted();
    const start = performance.now();
    const [item] = shelf.keys();
    const isWarm = item !== undefined;
    if (!isWarm) target = Math.min(options.max, target + 1);
    scheduleShrink();
    const taken = isWarm ? item : await waitForOne(signal);
    if (isWarm) takeOff(item);
    else tally.cold += 1;
    tally.taken += 1;
    emit({ type: 'taken', isWarm, ms: performance.now() - start });
    refillLater();
    return taken;
  };

  const waitForOne = (signal: AbortSignal | undefined): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter: Waiter<T> = { give: resolve, fail: reject };
    const onAbort = (): void => {
      const at = waiters.indexOf(waiter);
      if (at >= 0) waiters.splice(at, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    waiters.push(waiter);
    if (makers.size < waiters.length) make();
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  };

  const close = async (): Promise<void> => {
    closed.abort(new Error('The pool is closed.'));
    clearTimeout(shrinkTimer);
    clearTimeout(refillTimer);
    for (const item of shelf.keys()) {
      takeOff(item);
      dispose(item);
    }
    for (const waiter of waiters.splice(0)) waiter.fail(closed.signal.reason);
    await Promise.all([...makers]);
    await Promise.all([...endings]);
  };

  refill();
  return {
    take,
    tryTake,
    refill,
    counts: () => ({ warm: shelf.size, building: makers.size, ...tally }),
    isClosed: () => closed.signal.aborted,
    close,
  };
}
