import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Wrong keys from an address within a minute; beyond it more of them are told to wait. */
const MOST_FAILURES = 30;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond it the one that was heard of longest ago is forgotten. */
const MOST_ADDRESSES = 10_000;

/** Counts wrong keys by address: whoever sends them is told to wait. Good ones are nothing to it. */
export interface Failures {
  /** Counts one. Says for how many seconds to wait, 0 for not at all, and whether this is the first that has to. */
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

/** Of IPv6 the first 64 bits: whoever has one address of these has them all. */
export function toNetwork(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
