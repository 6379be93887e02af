/** A range of users and one of groups, of the same length. */
export interface IdRange {
  readonly uid: number;
  readonly gid: number;
  readonly count: number;
}

/** Fewest and most ids of a range; far more than jails run at the same time. */
const FEWEST = 256;
const MOST = 3_000;
/** Offset into the range, past the ids that containers of the same user assign, if there is room. */
const OFFSET = 61_000;

/**
 * Returns a part of the longest range that a user has in /etc/subuid and /etc/subgid, for users and groups: lines
 * `name or uid:first:count`. Undefined when it is too short to give each jail an id of its own.
 */
export function planSubordinateIds(
  names: readonly string[],
  subuid: string,
  subgid: string,
): IdRange | undefined {
  const users = findLongest(names, subuid);
  const groups = findLongest(names, subgid);
  if (users === undefined || groups === undefined) return undefined;
  const length = Math.min(users.length, groups.length);
  if (length < FEWEST) return undefined;
  const offset = length >= OFFSET + MOST ? OFFSET : 0;
  return { uid: users.first + offset, gid: groups.first + offset, count: Math.min(length, MOST) };
}

function findLongest(names: readonly string[], text: string): { first: number; length: number } | undefined {
  const ranges = text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter(([name = '']) => names.includes(name))
    .map(([, first, length]) => ({ first: Number(first), length: Number(length) }))
    // Never the host's root, whatever the file says.
    .filter(({ first, length }) => first > 0 && length > 0);
  return ranges.toSorted((one, other) => other.length - one.length)[0];
}
