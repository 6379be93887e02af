import { DEFAULT_ENVIRONMENT, PLAIN_ENVIRONMENT } from '../core/contract/environment.ts';
import { nearest } from '../core/text/nearest.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { sharesPackages, type PackageRuntime } from '../core/contract/runtimes.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import type { VisibleDirectory } from './visible-directory.ts';

/** Name and packages of the environment that a script runs in. */
export interface ResolvedEnvironment {
  readonly name: string;
  /** Undefined when scripts have the standard library only. */
  readonly environment: JailEnvironment | undefined;
}

export function resolveName(
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

/** Returns the usable environments whose packages scripts of a runtime can import. */
export const usableFor = (directory: VisibleDirectory, runtime: PackageRuntime) =>
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
