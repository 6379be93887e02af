import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import { findBarrier } from './reach.ts';
import { planSubordinateIds, type IdRange } from './subordinate-ids.ts';
import { runTool } from '../../host/process.ts';

/** Ids on the host to which a jail's user and group are mapped. */
export interface OutsideIds {
  readonly uid: number;
  readonly gid: number;
  /** True when newuidmap(1) has to write the map: subordinate ids of a service that is not root. */
  readonly isSubordinate: boolean;
  /**
   * True when the service has the same id. Such a jail has no epoll, because the kernel counts epoll watches per id
   * on the host and the service stops working without any.
   */
  readonly isShared: boolean;
}

/**
 * Kinds of ids on the host: `own-id`, one for each jail; `one-id`, the same for all jails; `subordinate-id`, one for
 * each jail, from /etc/subuid; `shared-id`, that of the service.
 */
export type IdKind = 'own-id' | 'one-id' | 'subordinate-id' | 'shared-id';

/** Pool from which each jail takes a pair of ids for its life. */
export interface IdPool {
  readonly kind: IdKind;
  /** Every id that jails get; undefined where all have the same. */
  readonly range: IdRange | undefined;
  take(): OutsideIds;
  giveBack(ids: OutsideIds): void;
}

/** Far above the ids that distributions assign to people, daemons and subordinate ranges. */
const PREFERRED_FIRST = 1_900_000_000;
const PREFERRED_COUNT = 10_000;
/** Within the 65,536 ids that containers in user namespaces usually have. */
const FALLBACK_FIRST = 61_000;
const FALLBACK_COUNT = 3_000;
const NOBODY = 65_534;

const trialFile = join(packageRoot, 'nsjail', 'try_ids.py');

/**
 * Opens the pool of ids. Each running jail has a pair of its own, because the kernel keeps some limits per user
 * (epoll watches, pipe buffers, descriptors in flight), and one jail could use up what another or the service needs.
 * Without root the ids are subordinate ones, provided that the service's user has some, that `interpreter` sees
 * newuidmap(1) map them, and that every user may enter the `folders` that jails are made from; otherwise only the
 * service's own id is left (user_namespaces(7)).
 */
export async function openIdPool(interpreter: string, folders: readonly string[]): Promise<IdPool> {
  const own = ownIds();
  if (own.uid === 0) {
    const range = planIds(
      readFileSync('/proc/self/uid_map', 'utf8'),
      readFileSync('/proc/self/gid_map', 'utf8'),
    );
    return poolOf(range, range.count === 1 ? 'one-id' : 'own-id');
  }
  const range = findSubordinateIds(own.uid);
  const isUsable = range !== undefined && folders.every((folder) => findBarrier(folder) === undefined);
  if (isUsable && (await canMap(interpreter, range))) return poolOf(range, 'subordinate-id');
  return { kind: 'shared-id', range: undefined, take: () => own, giveBack: () => undefined };
}

/** Returns the service's own ids, for a jail that writes in a directory of the service's user. */
export function ownIds(): OutsideIds {
  const uid = process.getuid?.() ?? NOBODY;
  return { uid, gid: process.getgid?.() ?? NOBODY, isSubordinate: false, isShared: true };
}

/** Returns a range of ids that exist in this user namespace, for users and groups alike. */
export function planIds(uidMap: string, gidMap: string): IdRange {
  const exists = (first: number, count: number): boolean =>
    [uidMap, gidMap].every((map) =>
      parseIdMap(map).some(([from, length]) => from <= first && first + count <= from + length),
    );
  if (exists(PREFERRED_FIRST, PREFERRED_COUNT)) return alike(PREFERRED_FIRST, PREFERRED_COUNT);
  if (exists(FALLBACK_FIRST, FALLBACK_COUNT)) return alike(FALLBACK_FIRST, FALLBACK_COUNT);
  return alike(NOBODY, 1);
}

const alike = (first: number, count: number): IdRange => ({ uid: first, gid: first, count });

/** Parses lines `inside outside length`. */
function parseIdMap(text: string): [first: number, length: number][] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([inside, , length]) =>
      inside === undefined || length === undefined ? [] : [[inside, length]],
    );
}

function findSubordinateIds(uid: number): IdRange | undefined {
  try {
    const names = [userInfo().username, String(uid)];
    return planSubordinateIds(
      names,
      readFileSync('/etc/subuid', 'utf8'),
      readFileSync('/etc/subgid', 'utf8'),
    );
  } catch {
    // A user without a name, or a host without these files.
    return undefined;
  }
}

/**
 * Tests newuidmap(1), whose privileges come from its file and are void under `no_new_privs` and in many containers.
 */
async function canMap(interpreter: string, { uid, gid }: IdRange): Promise<boolean> {
  const { ok } = await runTool(interpreter, ['-I', '-S', '-B', trialFile, String(uid), String(gid)]);
  return ok;
}

function poolOf(range: IdRange, kind: IdKind): IdPool {
  const { uid, gid, count } = range;
  const taken = new Set<number>();
  return {
    kind,
    range: count === 1 ? undefined : range,
    take: () => {
      let index = 0;
      while (taken.has(index) && index < count - 1) index += 1;
      taken.add(index);
      const isSubordinate = kind === 'subordinate-id';
      return { uid: uid + index, gid: gid + index, isSubordinate, isShared: false };
    },
    giveBack: (ids) => taken.delete(ids.uid - uid),
  };
}
