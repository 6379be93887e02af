import { isRecord } from '../is-record.ts';
import { quote } from '../../text/words.ts';
import { NpmComplaint } from './complaint.ts';
import { isPackageName, isRange, isRangeOrAlias } from './names.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Longest path or address in a lock, in UTF-16 units. */
const MOST_LENGTH = 2000;
const hashLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 44],
  ['sha384', 64],
  ['sha512', 88],
]);
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Rebuilds the packages of a lock from the fields that decide what is installed. Leaves out the resolved address,
 * because npm asks this host's registry, and the hash guarantees the same content.
 * @throws NpmComplaint that names the entry.
 */
export function readLockEntries(packages: Entry): Record<string, Entry> {
  const bundlers = new Set(
    Object.entries(packages).flatMap(([path, entry]) =>
      isRecord(entry) && Array.isArray(entry['bundleDependencies']) ? [path] : [],
    ),
  );
  return Object.fromEntries(
    Object.entries(packages).map(([path, entry]) => [path, readEntry(path, entry, bundlers)]),
  );
}

function readEntry(path: string, entry: unknown, bundlers: ReadonlySet<string>): Entry {
  const shown = quote(path.slice(0, 100));
  if (!isPlace(path) || !isRecord(entry) || ![undefined, false].includes(entry['link'] as boolean)) {
    throw new NpmComplaint(
      `lock: ${shown} is no package of the registry; links and workspaces are not taken.`,
    );
  }
  const { resolved, version, name } = entry;
  if (resolved !== undefined && !isArchive(resolved)) {
    throw new NpmComplaint(
      `lock: ${shown} is not resolved from a registry; git, URLs and paths are not taken.`,
    );
  }
  if (typeof version !== 'string' || version === '' || !isRange(version)) {
    throw new NpmComplaint(`lock: ${shown} has no "version" of the registry.`);
  }
  if (name !== undefined && (typeof name !== 'string' || !isPackageName(name))) {
    throw new NpmComplaint(`lock: ${shown} has a "name" that is no package's.`);
  }
  return {
    ...(name !== undefined && { name }),
    version,
    ...readHash(shown, entry, isInBundle(path, entry, bundlers)),
    ...readDependencies(shown, entry),
    ...readKind(entry),
  };
}

/** Returns the hash of a package. A bundled one is in the archive of another package, whose hash covers it. */
function readHash(shown: string, { integrity }: Entry, isBundled: boolean): Entry {
  if (isBundled) return { inBundle: true };
  const strong = typeof integrity === 'string' ? integrity.split(' ').filter(isStrongHash) : [];
  if (strong.length > 0) return { integrity: strong.join(' ') };
  throw new NpmComplaint(
    `lock: ${shown} has no "integrity" (sha256 or stronger), which a lock has for every package.`,
  );
}

function isStrongHash(word: string): boolean {
  const dash = word.indexOf('-');
  const digest = word.slice(dash + 1);
  return hashLengths.get(word.slice(0, dash)) === digest.length && base64.test(digest);
}

/** True for a path below the folder of another package that bundles its dependencies. */
function isInBundle(path: string, entry: Entry, bundlers: ReadonlySet<string>): boolean {
  if (entry['inBundle'] !== true) return false;
  const ends = [...path.matchAll(/\/node_modules\//g)].map(({ index }) => index);
  return ends.some((end) => bundlers.has(path.slice(0, end)));
}

const dependencyKinds = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

function readDependencies(shown: string, entry: Entry): Entry {
  const kept: Record<string, unknown> = {};
  for (const kind of dependencyKinds) {
    const value = entry[kind];
    if (value === undefined) continue;
    const isGood =
      isRecord(value) &&
      Object.entries(value).every(
        ([name, range]) => isPackageName(name) && typeof range === 'string' && isRangeOrAlias(range),
      );
    if (!isGood) {
      throw new NpmComplaint(
        `lock: ${shown} has ${kind} that are not of the registry; git, URLs and paths are not taken.`,
      );
    }
    kept[kind] = value;
  }
  const optional = entry['peerDependenciesMeta'];
  if (isRecord(optional)) {
    kept['peerDependenciesMeta'] = Object.fromEntries(
      Object.entries(optional)
        .filter(([name, meta]) => isPackageName(name) && isRecord(meta) && meta['optional'] === true)
        .map(([name]) => [name, { optional: true }]),
    );
  }
  return kept;
}

const flags = ['dev', 'optional', 'devOptional', 'peer'] as const;
const lists = ['os', 'cpu', 'libc', 'bundleDependencies'] as const;

const isWordList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((word) => typeof word === 'string' && word.length <= MOST_LENGTH);

/** Returns the flags and lists of a package: its kind, and the systems it is for. */
function readKind(entry: Entry): Entry {
  return Object.fromEntries([
    ...flags.filter((flag) => entry[flag] === true).map((flag) => [flag, true] as const),
    ...lists.filter((name) => isWordList(entry[name])).map((name) => [name, entry[name]] as const),
  ]);
}

/** `node_modules/a/node_modules/@b/c`. */
function isPlace(path: string): boolean {
  if (path.length > MOST_LENGTH || !path.startsWith('node_modules/')) return false;
  return path.slice('node_modules/'.length).split('/node_modules/').every(isPackageName);
}

/** True for the address of an archive in a registry, whichever that is. */
function isArchive(resolved: unknown): boolean {
  if (typeof resolved !== 'string' || resolved.length > MOST_LENGTH) return false;
  const isWeb = resolved.startsWith('https://') || resolved.startsWith('http://');
  return isWeb && resolved.includes('/-/') && resolved.endsWith('.tgz') && !/[\s?#]/.test(resolved);
}
