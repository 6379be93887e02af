import { DEFAULT_ENVIRONMENT, PLAIN_ENVIRONMENT } from '../core/contract/environment.ts';
import { answerImport, type ModuleHome } from '../core/contract/import-answer.ts';
import { nearest } from '../core/text/nearest.ts';
import { Refusal } from '../core/contract/refusal.ts';
import {
  hasPackageEnvironments,
  sharesPackages,
  type PackageRuntime,
  type RuntimeName,
} from '../core/contract/runtimes.ts';
import { maySee, type Viewer } from '../core/contract/viewer.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import type { Directory } from './directory.ts';

/** Name and packages of the environment that a script runs in. */
export interface ResolvedEnvironment {
  readonly name: string;
  /** Undefined when scripts have the standard library only. */
  readonly environment: JailEnvironment | undefined;
}

/** Runtime and environment of a script that imports a module. */
export interface Importer {
  readonly runtime: RuntimeName;
  readonly environment: string;
}

/** Restricts a directory to the names that a viewer may see. */
export function narrowDirectory(directory: Directory, viewer: Viewer): VisibleDirectory {
  const isSeen = ({ pointer }: ReturnType<Directory['all']>[number]): boolean => maySee(viewer, pointer);
  const has = (name: string): boolean => directory.all().some((one) => one.name === name && isSeen(one));
  return {
    runtimeOf: (name) => (has(name) ? directory.runtimeOf(name) : undefined),
    all: () => directory.all().filter(isSeen),
    usable: () => directory.usable().filter(isSeen),
    isOutdated: (name) => has(name) && directory.isOutdated(name),
    use: (name) => (has(name) ? directory.use(name) : undefined),
  };
}

export type VisibleDirectory = Pick<Directory, 'runtimeOf' | 'all' | 'usable' | 'isOutdated' | 'use'>;

export function resolve(
  directory: VisibleDirectory,
  wanted: string | undefined,
  runtime: PackageRuntime,
): ResolvedEnvironment {
  const name = wanted ?? (runtime === 'python' ? DEFAULT_ENVIRONMENT : PLAIN_ENVIRONMENT);
  if (name === PLAIN_ENVIRONMENT) return { name, environment: undefined };
  const other = directory.runtimeOf(name) ?? (name === DEFAULT_ENVIRONMENT ? 'python' : runtime);
  if (!sharesPackages(other, runtime)) refuseOther(directory, name, other, runtime);
  const environment = directory.use(name);
  if (environment !== undefined) return { name, environment };
  if (name === DEFAULT_ENVIRONMENT) return { name, environment: undefined };
  if (directory.isOutdated(name)) {
    throw new Refusal('not_found', `The environment "${name}" was built for another interpreter.`, {
      suggestions: ['Build it again.'],
    });
  }
  return refuseUnknown(name, [
    PLAIN_ENVIRONMENT,
    DEFAULT_ENVIRONMENT,
    ...directory.all().map((one) => one.name),
  ]);
}

const usableFor = (directory: VisibleDirectory, runtime: PackageRuntime) =>
  directory.usable().filter(({ manifest }) => sharesPackages(manifest.runtime, runtime));

export const listNames = (directory: VisibleDirectory, runtime: PackageRuntime): string[] => [
  ...new Set([
    ...(runtime === 'python' ? [DEFAULT_ENVIRONMENT] : []),
    PLAIN_ENVIRONMENT,
    ...usableFor(directory, runtime).map(({ name }) => name),
  ]),
];

function refuseOther(
  directory: VisibleDirectory,
  name: string,
  built: PackageRuntime,
  runtime: PackageRuntime,
): never {
  const fitting = listNames(directory, runtime).slice(0, 50).join(', ');
  throw new Refusal(
    'invalid_input',
    `The environment "${name}" holds packages for ${built}: scripts of runtime "${runtime}" cannot use them.`,
    { suggestions: [`Environments for ${runtime} here: ${fitting}.`] },
  );
}

export function refuseUnknown(name: string, known: readonly string[]): never {
  const [like] = nearest(name, known, 1);
  throw new Refusal(
    'not_found',
    `There is no environment "${name}"${like === undefined ? '.' : `; did you mean "${like}"?`}`,
    { suggestions: [`Environments here: ${[...new Set(known)].slice(0, 50).join(', ')}.`] },
  );
}

/** Returns the environment that has a module; prefers the importer's own. */
export function findModule(
  directory: VisibleDirectory,
  module: string,
  { runtime, environment }: Importer,
): ModuleHome | undefined {
  if (!hasPackageEnvironments(runtime)) return undefined;
  const rank = ({ name }: { readonly name: string }): number => (name === environment ? 0 : 1);
  const all = usableFor(directory, runtime).toSorted((one, other) => rank(one) - rank(other));
  for (const { name, manifest } of all) {
    const { available, package: owner, version } = answerImport(manifest, module);
    if (available && owner !== null) return { environment: name, package: owner, version: version ?? '' };
  }
  return undefined;
}
