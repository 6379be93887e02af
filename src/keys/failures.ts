import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Guesses that an address may make within a minute; beyond it none is looked at. */
const MOST_FAILURES = 30;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond it the one that was heard of longest ago is forgotten. */
const MOST_ADDRESSES = 10_000;

/** Counts guesses by address: whoever makes them is slowed down. */
export interface Failures {
  /** Seconds until another guess is looked at; 0 where one may be made now. */
  wait(address: string): number;
  add(address: string): void;
}

export function createFailures(): Failures {
  const counts = new LRUCache<string, { count: number }>({ max: MOST_ADDRESSES, ttl: WINDOW_MS });
  return {
    wait: (address) => {
      const name = toNetwork(address);
      const { count = 0 } = counts.get(name) ?? {};
      return count < MOST_FAILURES ? 0 : Math.max(1, Math.ceil(counts.getRemainingTTL(name) / 1000));
    },
    add: (address) => {
      const name = toNetwork(address);
      const known = counts.get(name);
      if (known === undefined) counts.set(name, { count: 1 });
      else known.count += 1;
    },
  };
}

/** Of IPv6 the first 64 bits: whoever has one address of these has them all. */
function toNetwork(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
