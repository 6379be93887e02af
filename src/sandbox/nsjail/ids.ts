import { readFileSync } from 'node:fs';

/** Ids on the host that one jail's user and group are mapped to. */
export interface OutsideIds {
  readonly uid: number;
  readonly gid: number;
}

/** A jail takes a pair of ids for its life. */
export interface IdPool {
  take(): OutsideIds;
  giveBack(ids: OutsideIds): void;
}

/** Far above what distributions give to people, daemons and subordinate ids. */
const PREFERRED_FIRST = 1_900_000_000;
const PREFERRED_COUNT = 10_000;
/** Within the 65,536 ids that containers in user namespaces commonly have. */
const FALLBACK_FIRST = 61_000;
const FALLBACK_COUNT = 3_000;
const NOBODY = 65_534;

/**
 * Ids for jails: as root, one pair for each jail that runs at the same time, because the kernel keeps some limits
 * per user (pipe buffers, inotify instances, keys) and one jail could use up what another needs. Without root
 * only one's own ids can be mapped (user_namespaces(7)).
 */
export function createIdPool(): IdPool {
  const uid = process.getuid?.() ?? NOBODY;
  const gid = process.getgid?.() ?? NOBODY;
  if (uid !== 0) return { take: () => ({ uid, gid }), giveBack: () => undefined };
  return poolOf(
    planIds(readFileSync('/proc/self/uid_map', 'utf8'), readFileSync('/proc/self/gid_map', 'utf8')),
  );
}

/** The first of a run of ids that exist in this user namespace, for users and groups alike, and their number. */
export function planIds(uidMap: string, gidMap: string): { first: number; count: number } {
  const exists = (first: number, count: number): boolean =>
    [uidMap, gidMap].every((map) =>
      parseIdMap(map).some(([from, length]) => from <= first && first + count <= from + length),
    );
  if (exists(PREFERRED_FIRST, PREFERRED_COUNT)) return { first: PREFERRED_FIRST, count: PREFERRED_COUNT };
  if (exists(FALLBACK_FIRST, FALLBACK_COUNT)) return { first: FALLBACK_FIRST, count: FALLBACK_COUNT };
  return { first: NOBODY, count: 1 };
}

/** Lines `inside outside length`. */
function parseIdMap(text: string): [first: number, length: number][] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([inside, , length]) =>
      inside === undefined || length === undefined ? [] : [[inside, length]],
    );
}

function poolOf({ first, count }: { first: number; count: number }): IdPool {
  const taken = new Set<number>();
  return {
    take: () => {
      let id = first;
      while (taken.has(id) && id < first + count - 1) id += 1;
      taken.add(id);
      return { uid: id, gid: id };
    },
    giveBack: ({ uid }) => taken.delete(uid),
  };
}
