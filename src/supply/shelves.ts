import { createPool, type Pool, type PoolCounts, type PoolOptions } from '../pool/pool.ts';
import type { Jail, JailEnvironment } from '../sandbox/sandbox.ts';

/** Properties shared by the jails of one shelf. */
export interface ShelfKind {
  readonly environment: JailEnvironment | undefined;
  readonly isPreloaded: boolean;
}

export interface ShelvesOptions {
  /** Maximum number of shelves at once; the least recently used one is removed first. */
  readonly most: number;
  readonly pool: (kind: ShelfKind, isKept: boolean) => PoolOptions<Jail>;
}

export interface Shelves {
  /** Returns the shelf of a kind, and creates it if there is none. */
  of(kind: ShelfKind): Pool<Jail>;
  /**
   * Pins these kinds: their shelves are never evicted. Removes shelves that were pinned before and are not among
   * them.
   */
  keep(kinds: readonly ShelfKind[]): void;
  refill(): void;
  counts(): PoolCounts;
  close(): Promise<void>;
}

const keyOf = ({ environment, isPreloaded }: ShelfKind): string =>
  `${environment?.id ?? ''} ${isPreloaded ? (environment?.preload.join(',') ?? '') : '-'}`;

const counted = ['warm', 'building', 'built', 'discarded', 'taken', 'cold'] as const;

export function createShelves(options: ShelvesOptions): Shelves {
  /** In order of use, the most recent last. */
  const shelves = new Map<string, Pool<Jail>>();
  const kept = new Set<string>();
  const endings = new Set<Promise<void>>();
  /** Counters of removed shelves, so that totals only grow. */
  const gone = { warm: 0, building: 0, built: 0, discarded: 0, taken: 0, cold: 0 };

  const takeDown = (key: string): void => {
    const pool = shelves.get(key);
    if (pool === undefined) return;
    shelves.delete(key);
    const { built, discarded, taken, cold, warm } = pool.counts();
    gone.built += built;
    gone.discarded += discarded + warm;
    gone.taken += taken;
    gone.cold += cold;
    const ending = pool.close().finally(() => endings.delete(ending));
    endings.add(ending);
  };

  const makeRoom = (): void => {
    for (const key of shelves.keys()) {
      if (shelves.size < Math.max(options.most, kept.size + 1)) return;
      if (!kept.has(key)) takeDown(key);
    }
  };

  const of = (kind: ShelfKind): Pool<Jail> => {
    const key = keyOf(kind);
    const present = shelves.get(key);
    if (present !== undefined) {
      if (shelves.size > 1) {
        shelves.delete(key);
        shelves.set(key, present);
      }
      return present;
    }
    makeRoom();
    const pool = createPool(options.pool(kind, kept.has(key)));
    shelves.set(key, pool);
    return pool;
  };

  return {
    of,
    keep: (kinds) => {
      const keys = new Set(kinds.map(keyOf));
      for (const key of kept) if (!keys.has(key)) takeDown(key);
      // An unpinned shelf of this kind has another size, so it is created anew.
      for (const key of keys) if (!kept.has(key)) takeDown(key);
      kept.clear();
      for (const key of keys) kept.add(key);
      for (const kind of kinds) of(kind);
    },
    refill: () => {
      for (const pool of shelves.values()) pool.refill();
    },
    counts: () => {
      const sum = { ...gone };
      for (const pool of shelves.values()) {
        const counts = pool.counts();
        for (const name of counted) sum[name] += counts[name];
      }
      return sum;
    },
    close: async () => {
      for (const key of shelves.keys()) takeDown(key);
      await Promise.all([...endings]);
    },
  };
}
