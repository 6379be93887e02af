export interface FairCacheOptions<V> {
  /** Maximum number of values of all owners together. */
  readonly most: number;
  /** Maximum bytes of all values. */
  readonly mostBytes: number;
  /** Milliseconds after which a value is dropped, however often it is used. */
  readonly ttl: number;
  readonly measure: (value: V) => number;
}

/** Cache of values by owner and name. When it is full, the owner with the most loses one. */
export interface FairCache<V> {
  get(owner: string, name: string): V | undefined;
  set(owner: string, name: string, value: V): void;
}

interface Kept<V> {
  readonly value: V;
  readonly bytes: number;
  readonly until: number;
}

interface Shelf<V> {
  bytes: number;
  /** In order of use, the least recent first. */
  readonly values: Map<string, Kept<V>>;
}

export function createFairCache<V>({ most, mostBytes, ttl, measure }: FairCacheOptions<V>): FairCache<V> {
  const shelves = new Map<string, Shelf<V>>();
  let count = 0;
  let bytes = 0;

  const remove = (owner: string, name: string): void => {
    const shelf = shelves.get(owner);
    const kept = shelf?.values.get(name);
    if (shelf === undefined || kept === undefined) return;
    shelf.values.delete(name);
    shelf.bytes -= kept.bytes;
    bytes -= kept.bytes;
    count -= 1;
    if (shelf.values.size === 0) shelves.delete(owner);
  };

  /** Returns the owner with the most bytes, or the most values, whichever are over the bound. */
  const findRichest = (): string | undefined => {
    let richest: [owner: string, size: number] | undefined;
    for (const [owner, shelf] of shelves) {
      const size = bytes > mostBytes ? shelf.bytes : shelf.values.size;
      if (richest === undefined || size > richest[1]) richest = [owner, size];
    }
    return richest?.[0];
  };

  const isOver = (): boolean => count > most || bytes > mostBytes;

  const makeRoom = (): void => {
    while (isOver()) {
      const owner = findRichest() ?? '';
      const [oldest] = shelves.get(owner)?.values.keys() ?? [];
      if (oldest === undefined) return;
      remove(owner, oldest);
    }
  };

  return {
    get: (owner, name) => {
      const values = shelves.get(owner)?.values;
      const kept = values?.get(name);
      if (values === undefined || kept === undefined) return undefined;
      if (kept.until <= performance.now()) {
        remove(owner, name);
        return undefined;
      }
      values.delete(name);
      values.set(name, kept);
      return kept.value;
    },
    set: (owner, name, value) => {
      remove(owner, name);
      const size = measure(value);
      if (size > mostBytes) return;
      const shelf = shelves.get(owner) ?? { bytes: 0, values: new Map() };
      shelves.set(owner, shelf);
      shelf.values.set(name, { value, bytes: size, until: performance.now() + ttl });
      shelf.bytes += size;
      bytes += size;
      count += 1;
      makeRoom();
    },
  };
}
