import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';

/** One package that a lock file of this project names, with its exact version. */
export interface PinnedPackage {
  /** As advisory databases call it. */
  readonly ecosystem: 'npm' | 'PyPI';
  readonly name: string;
  readonly version: string;
  /** Whether the service runs it; what only checks and tests use is not. */
  readonly runs: boolean;
}

/** Lock files of pip for what the service has. Every line names an exact version, every wheel a hash. */
const servicePythonLocks = [
  'nsjail/requirements.txt',
  'nsjail/installer.txt',
  'nsjail/uv.txt',
  'environments/default.lock',
] as const;

export const pythonLocks = [
  ...servicePythonLocks,
  'scripts/lib/ruff.txt',
  'scripts/lib/ty.txt',
  'scripts/lib/openapi-generator-cli.txt',
] as const;

interface NpmLock {
  readonly packages: Readonly<Record<string, NpmLockEntry>>;
}

export interface NpmLockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');

/** The entries of package-lock.json by package name; the project itself is left out. */
export function readNpmLock(): (readonly [name: string, entry: NpmLockEntry])[] {
  const { packages } = JSON.parse(readText('package-lock.json')) as NpmLock;
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), entry]);
}

/** Name and version of each `name==version` line of a lock file of pip. */
export function readPythonLock(file: string): (readonly [name: string, version: string])[] {
  return readText(file)
    .split('\n')
    .flatMap((line) => {
      const [, name, version] = /^([\w.-]{1,100})==([\w.+!-]{1,50})(?=\s|;|\\|$)/.exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[name, version] as const];
    });
}

/** Every package that this project pins, once. */
export function listPinnedPackages(): PinnedPackage[] {
  const npm = readNpmLock().map(([name, { version, dev }]): PinnedPackage => ({
    ecosystem: 'npm',
    name,
    version,
    runs: dev !== true,
  }));
  const runs = new Set<string>(servicePythonLocks);
  const python = pythonLocks.flatMap((file) =>
    readPythonLock(file).map(([name, version]): PinnedPackage => ({
      ...{ ecosystem: 'PyPI', name, version },
      runs: runs.has(file),
    })),
  );
  const unique = new Map(
    [...npm, ...python].map((one) => [`${one.ecosystem} ${one.name} ${one.version}`, one]),
  );
  return [...unique.values()];
}
