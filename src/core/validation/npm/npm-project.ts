import type { BuildRequest } from '../../contract/environment.ts';
import { isRecord } from '../is-record.ts';
import { quote } from '../../text/words.ts';
import { NpmComplaint } from './complaint.ts';
import { readLockEntries } from './lock.ts';
import { isPackageName, isRange } from './names.ts';

/** Input of npm: two JSON texts. */
export interface NpmProject {
  /** `package.json`. */
  readonly manifest: string;
  /** `package-lock.json`; npm then installs exactly its content. */
  readonly lock?: string | undefined;
  /** Names of the requested packages. */
  readonly names: readonly string[];
}

type Dependencies = Readonly<Record<string, string>>;

/**
 * Builds npm's input for a request: packages of the operator's registry by name, and nothing else. Addresses, paths
 * and aliases would let a caller choose the hosts that are contacted.
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
  if (isPackageName(name) && isRange(version)) return [name, version];
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

/** Fields of a lock's root that must be the same in both files. */
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
  return {
    manifest: writeManifest(wanted),
    lock: JSON.stringify({
      ...{ name: 'environment', lockfileVersion: 3, requires: true },
      packages: { '': { name: 'environment', ...wanted }, ...readLockEntries(others) },
    }),
    names: Object.keys(wanted['dependencies'] ?? {}),
  };
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
