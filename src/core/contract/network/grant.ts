import { kindOfAddress, toCanonical, type AddressKind } from './addresses.ts';
import { writeEntry, type Destination, type NetworkEntry } from './entry.ts';

/** Hosts that one execution may reach. Plain JSON, which another process reads. */
export interface NetworkGrant {
  /** Hosts that its request asked for; operator and key allow all of them. */
  readonly allow: readonly NetworkEntry[];
  /** The operator's own list: only it makes an exception of an address that is not public. */
  readonly operator: readonly NetworkEntry[];
  /** Owner of the execution (`Caller.queueKey`), for a fair part of what is shared. */
  readonly owner?: string | undefined;
}

/** Wish of a request: nothing, all that is allowed, the same if anything is, or a list. */
export type NetworkWish = boolean | 'if allowed' | readonly NetworkEntry[];

/** Whether everything that `asked` means is part of `ceiling`. */
export function covers(ceiling: NetworkEntry, asked: NetworkEntry): boolean {
  if (ceiling.kind === 'public') return asked.kind !== 'address' || kindOfAddress(asked.host) === 'public';
  if (asked.kind === 'public' || ceiling.port !== asked.port) return false;
  if (ceiling.kind !== 'pattern') return asked.kind === ceiling.kind && asked.host === ceiling.host;
  if (asked.kind === 'address') return false;
  const [name, domain] = [asked.kind === 'name' ? asked.host : `*.${asked.domain}`, ceiling.domain];
  return name.endsWith(`.${domain}`) && name.length > domain.length + 1;
}

const isCovered = (list: readonly NetworkEntry[], asked: NetworkEntry): boolean =>
  list.some((entry) => covers(entry, asked));

/** Returns what both lists allow. */
function intersect(one: readonly NetworkEntry[], other: readonly NetworkEntry[]): NetworkEntry[] {
  const both = [
    ...other.filter((entry) => isCovered(one, entry)),
    ...one.filter((entry) => isCovered(other, entry)),
  ];
  return unite(both);
}

/** Leaves out entries that stand there twice. */
const unite = (entries: readonly NetworkEntry[]): NetworkEntry[] => [
  ...new Map(entries.map((entry) => [writeEntry(entry), entry])).values(),
];

/** Answer to a wish: a grant, undefined where nothing was asked for, or what is over the ceiling. */
export type Resolved =
  | { readonly grant: NetworkGrant | undefined }
  /** Entries that are not allowed; none where everything was asked for and nothing is allowed. */
  | { readonly excess: readonly NetworkEntry[]; readonly by: 'operator' | 'key' };

/**
 * Decides what a request gets. Nothing is cut silently.
 * @param operator the ceiling; empty where scripts have no network.
 * @param key the narrower ceiling of the caller's key, if it has one.
 */
export function resolveNetwork(
  wish: NetworkWish,
  operator: readonly NetworkEntry[],
  key: readonly NetworkEntry[] | undefined,
): Resolved {
  if (wish === false || (typeof wish === 'object' && wish.length === 0)) return { grant: undefined };
  const ceiling = key === undefined ? operator : intersect(operator, key);
  if (wish === 'if allowed')
    return { grant: ceiling.length === 0 ? undefined : { allow: ceiling, operator } };
  if (wish === true) {
    if (operator.length === 0) return { excess: [], by: 'operator' };
    return ceiling.length === 0 ? { excess: [], by: 'key' } : { grant: { allow: ceiling, operator } };
  }
  const beyond = wish.filter((entry) => !isCovered(operator, entry));
  if (beyond.length > 0) return { excess: beyond, by: 'operator' };
  const denied = wish.filter((entry) => key !== undefined && !isCovered(key, entry));
  return denied.length > 0 ? { excess: denied, by: 'key' } : { grant: { allow: unite(wish), operator } };
}

/** Whether an execution may name a destination at all; its addresses are judged when it connects. */
export const allowsDestination = ({ allow }: NetworkGrant, destination: Destination): boolean =>
  isCovered(allow, destination);

/** Whether a list names something, beyond `public`. */
const holds = (list: readonly NetworkEntry[], wanted: NetworkEntry): boolean =>
  list.some((entry) => entry.kind !== 'public' && covers(entry, wanted));

/**
 * Judges an address that a destination has at this moment. One that is not public, or of this machine, needs to be on
 * the operator's list as it is, with the port; and the destination must be there too, or the address be asked for: a
 * name that just happens to be public cannot be turned into it.
 * @param isOwn whether it is an address of this machine.
 * @returns undefined when it may be connected to, otherwise what it is.
 */
export function judgeAddress(
  { allow, operator }: NetworkGrant,
  destination: Destination,
  address: string,
  isOwn: boolean,
): AddressKind | 'own' | undefined {
  const kind = kindOfAddress(address);
  if (kind === 'public' && !isOwn) return undefined;
  const exact: NetworkEntry = {
    kind: 'address',
    host: toCanonical(address) ?? address,
    port: destination.port,
  };
  const isExcepted = holds(operator, exact) && (holds(operator, destination) || holds(allow, exact));
  if (isExcepted) return undefined;
  return kind === 'public' ? 'own' : kind;
}
