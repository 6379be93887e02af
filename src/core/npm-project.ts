import type { BuildRequest } from './environment.ts';
import { isRecord } from './validation/is-record.ts';
import { quote } from './validation/words.ts';

/** What npm is given: two texts of JSON. */
export interface NpmProject {
  /** `package.json`. */
  readonly manifest: string;
  /** `package-lock.json`; npm then installs exactly that. */
  readonly lock?: string | undefined;
  /** Names of the packages that were asked for. */
  readonly names: readonly string[];
}

/** Why a request's text is no list of packages of the registry. */
export class NpmComplaint extends Error {
  override readonly name = 'NpmComplaint';
}

type Dependencies = Readonly<Record<string, string>>;

const packageName = /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i;
/** A version, a range of them, or a tag. Addresses, paths and aliases all have a colon or a slash. */
const range = /^[a-z0-9.^~<>=|*+ -]{0,200}$/i;
const strongHash = /(?:^|\s)sha(?:256|384|512)-[A-Za-z0-9+/]{40,}={0,2}(?:\?\S*)?(?:\s|$)/;
const tarball = /^https?:\/\/[^\s?#]+\/-\/[^\s?#]+\.tgz$/;

/**
 * What npm is to install for a request: packages of the operator's registry by name, and nothing else. Addresses,
 * paths and aliases would let a caller choose what the host talks to.
 * @throws NpmComplaint
 */
export function toNpmProject({ packages, requirements, lock }: Partial<BuildRequest>): NpmProject {
  if (lock !== undefined) return readLock(lock);
  const dependencies =
    packages === undefined
      ? readDependencies(requirements ?? '{}')
      : Object.fromEntries(packages.map(readSpec));
  if (packages !== undefined && Object.keys(dependencies).length < packages.length) {
    throw new NpmComplaint('A package is named twice.');
  }
  return { manifest: writeManifest({ dependencies }), names: Object.keys(dependencies) };
}

function readSpec(spec: string): [string, string] {
  const at = spec.indexOf('@', 1);
  const name = at < 0 ? spec : spec.slice(0, at);
  const version = at < 0 ? 'latest' : spec.slice(at + 1);
  return checkDependency(name.trim(), version.trim() || 'latest', spec);
}

function checkDependency(name: string, version: string, shown = `${name}@${version}`): [string, string] {
  if (packageName.test(name) && name.length <= 214 && range.test(version)) return [name, version];
  throw new NpmComplaint(
    `${quote(shown.slice(0, 100))} is no package of the registry by name, such as "lodash@4" or "@scope/name"; git, URLs, paths and aliases are not taken.`,
  );
}

const readDependencies = (text: string): Dependencies => {
  const value = parse(text, 'requirements', 'package.json');
  const dependencies = checkAll(value['dependencies'], 'requirements');
  if (Object.keys(dependencies).length > 0) return dependencies;
  throw new NpmComplaint(
    'requirements is a package.json without "dependencies": they say what is installed.',
  );
};

function checkAll(value: unknown, where: string): Dependencies {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new NpmComplaint(`${where}: "dependencies" must be an object.`);
  return Object.fromEntries(
    Object.entries(value).map(([name, version]) =>
      checkDependency(name, typeof version === 'string' ? version.trim() : ':'),
    ),
  );
}

/** Parts of a lock's root that have to be the same in both files. */
const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

function readLock(text: string): NpmProject {
  const lock = parse(text, 'lock', 'package-lock.json');
  const version = lock['lockfileVersion'];
  const packages = lock['packages'];
  if ((version !== 2 && version !== 3) || !isRecord(packages) || !isRecord(packages[''])) {
    throw new NpmComplaint('lock must be a package-lock.json of version 2 or 3, with its "packages".');
  }
  const { '': root, ...others } = packages;
  const wanted = Object.fromEntries(kinds.map((kind) => [kind, checkAll(root[kind], 'lock')]));
  const entries = Object.entries(others).map(([path, entry]) => [path, checkEntry(path, entry)]);
  return {
    manifest: writeManifest(wanted),
    lock: JSON.stringify({
      ...{ name: 'environment', lockfileVersion: 3, requires: true },
      packages: { '': { name: 'environment', ...wanted }, ...Object.fromEntries(entries) },
    }),
    names: Object.keys(wanted['dependencies'] ?? {}),
  };
}

/** Without the place that it was resolved to: npm asks the registry of this host, and the hash says that it is the same. */
function checkEntry(path: string, entry: unknown): Readonly<Record<string, unknown>> {
  const shown = quote(path.slice(0, 100));
  const parts = path.split(/(?:^|\/)node_modules\//);
  const isPlace =
    parts.length > 1 && parts[0] === '' && parts.slice(1).every((name) => packageName.test(name));
  if (!isPlace || !isRecord(entry) || entry['link'] === true) {
    throw new NpmComplaint(
      `lock: ${shown} is no package of the registry; links and workspaces are not taken.`,
    );
  }
  const { resolved, ...rest } = entry;
  if (resolved !== undefined && (typeof resolved !== 'string' || !tarball.test(resolved))) {
    throw new NpmComplaint(
      `lock: ${shown} is not resolved from a registry; git, URLs and paths are not taken.`,
    );
  }
  // What a package bundles lies in its own archive, and is covered by its hash.
  if (entry['inBundle'] === true) return rest;
  const { integrity, version } = entry;
  if (typeof integrity !== 'string' || !strongHash.test(integrity)) {
    throw new NpmComplaint(
      `lock: ${shown} has no "integrity" (sha256 or stronger), which a lock has for every package.`,
    );
  }
  if (typeof version !== 'string' || !range.test(version)) {
    throw new NpmComplaint(`lock: ${shown} has no "version" of the registry.`);
  }
  return rest;
}

function parse(text: string, field: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NpmComplaint(`${field} must be the text of a ${what}: it is not JSON.`);
  }
  if (isRecord(value)) return value;
  throw new NpmComplaint(`${field} must be the text of a ${what}: it is no JSON object.`);
}

const writeManifest = (wanted: Readonly<Record<string, Dependencies>>): string =>
  JSON.stringify({ name: 'environment', version: '0.0.0', private: true, ...wanted });
