import { LRUCache } from 'lru-cache';
import { toNetwork } from './to-network.ts';

/** Wrong keys per minute from one address; further ones have to wait. */
const MOST_FAILURES = 30;
const WINDOW_MS = 60_000;
/** Maximum number of addresses remembered; the least recently seen is dropped first. */
const MOST_ADDRESSES = 10_000;

/** Counts wrong keys by address and makes their senders wait. Valid keys are not affected. */
export interface Failures {
  /** Counts one. Returns the seconds to wait, 0 for none, and whether this is the first denial that has to wait. */
  add(address: string): { readonly wait: number; readonly isFirst: boolean };
}

export function createFailures(): Failures {
  const counts = new LRUCache<string, { count: number }>({ max: MOST_ADDRESSES, ttl: WINDOW_MS });
  return {
    add: (address) => {
      const name = toNetwork(address);
      const known = counts.get(name) ?? { count: 0 };
      known.count += 1;
      if (known.count === 1) counts.set(name, known);
      if (known.count <= MOST_FAILURES) return { wait: 0, isFirst: false };
      const wait = Math.max(1, Math.ceil(counts.getRemainingTTL(name) / 1000));
      return { wait, isFirst: known.count === MOST_FAILURES + 1 };
    },
  };
}
