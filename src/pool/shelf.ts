import type { Poolable, PoolEvent } from './pool.ts';

type Reason = Extract<PoolEvent, { type: 'discarded' }>['why'];

/** Items that are ready, the oldest first. */
export interface Shelf<T> {
  size(): number;
  oldest(): T | undefined;
  put(item: T): void;
  /** Takes an item off the shelf; returns false when it is no longer there. */
  remove(item: T): boolean;
  /** Ends the oldest item, if any. */
  discardOldest(why: Reason): void;
  /** Ends an item that is not on the shelf. */
  dispose(item: T): void;
  /** Ends all items; resolves when everything that was ended is gone. */
  clear(): Promise<void>;
}

/**
 * Creates a shelf that discards items older than `maxAgeMs` milliseconds, and dead ones.
 * @param onDiscard called after each.
 */
export function createShelf<T extends Poolable>(
  maxAgeMs: number,
  onDiscard: (why: Reason) => void,
): Shelf<T> {
  const items = new Map<T, NodeJS.Timeout>();
  const endings = new Set<Promise<void>>();

  const dispose = (item: T): void => {
    const ending = item[Symbol.asyncDispose]()
      .catch(() => undefined)
      .finally(() => endings.delete(ending));
    endings.add(ending);
  };
  const remove = (item: T): boolean => {
    clearTimeout(items.get(item));
    return items.delete(item);
  };
  const discard = (item: T, why: Reason): void => {
    if (!remove(item)) return;
    dispose(item);
    onDiscard(why);
  };
  const oldest = (): T | undefined => items.keys().next().value;

  return {
    size: () => items.size,
    oldest,
    put: (item) => {
      items.set(item, setTimeout(() => discard(item, 'aged'), maxAgeMs).unref());
      void item.gone.then(() => discard(item, 'died'));
    },
    remove,
    discardOldest: (why) => {
      const item = oldest();
      if (item !== undefined) discard(item, why);
    },
    dispose,
    clear: async () => {
      for (const item of items.keys()) {
        remove(item);
        dispose(item);
      }
      await Promise.all([...endings]);
    },
  };
}
