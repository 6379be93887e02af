import {
  DEFAULT_ENVIRONMENT,
  PLAIN_ENVIRONMENT,
  type BuildReport,
  type ComingEnvironment,
} from '../core/contract/environment.ts';
import { nearest } from '../core/text/nearest.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { sharesPackages, type PackageRuntime } from '../core/contract/runtimes.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import { describeComing, type SeenBuild } from './coming.ts';
import type { VisibleDirectory } from './visible-directory.ts';

/** Name and packages of the environment that a script runs in. */
export interface ResolvedEnvironment {
  readonly name: string;
  /** Undefined when scripts have the standard library only. */
  readonly environment: JailEnvironment | undefined;
  /** Present while the packages of the default environment are only being built. */
  readonly coming?: ComingEnvironment | undefined;
}

/** @param see returns the latest build of a name, unless it is hidden from the viewer. */
export function resolveName(
  directory: VisibleDirectory,
  see: (name: string) => SeenBuild | undefined,
  wanted: string | undefined,
  runtime: PackageRuntime,
): ResolvedEnvironment {
  const name = nameOf(wanted, runtime);
  if (name === PLAIN_ENVIRONMENT) return { name, environment: undefined };
  const stored = directory.runtimeOf(name);
  const environment =
    stored !== undefined && sharesPackages(stored, runtime) ? directory.use(name) : undefined;
  if (environment !== undefined) return { name, environment };
  const seen = see(name);
  const built = stored ?? (seen?.isOpen === true ? seen.build.runtime : undefined);
  const other = built ?? (name === DEFAULT_ENVIRONMENT ? 'python' : runtime);
  if (!sharesPackages(other, runtime)) refuseOther(directory, name, other, runtime);
  const coming = seen?.isOpen === true ? describeComing(seen) : undefined;
  if (name === DEFAULT_ENVIRONMENT) return { name, environment: undefined, coming };
  if (coming !== undefined) throw refuseUnfinished(name, coming);
  if (directory.isOutdated(name)) {
    throw new Refusal('not_found', `The environment "${name}" was built for another interpreter.`, {
      suggestions: ['Build it again.'],
    });
  }
  const failure = seen?.isManaged === true ? seen.build.report().error : undefined;
  if (failure !== undefined) throw refuseFailed(name, failure);
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

/** Returns the name of the environment that a script runs in. */
export const nameOf = (wanted: string | undefined, runtime: PackageRuntime): string =>
  wanted ?? (runtime === 'python' ? DEFAULT_ENVIRONMENT : PLAIN_ENVIRONMENT);

/** Seconds after which a build may have ended; most take longer, and asking again costs little. */
const ASK_AGAIN_SECONDS = 10;

const refuseUnfinished = (name: string, { progress }: ComingEnvironment): Refusal =>
  new Refusal('overloaded', `The environment "${name}" is being built (${progress}).`, {
    kind: 'environment_building',
    retryAfter: ASK_AGAIN_SECONDS,
    suggestions: ['Send "wait": 60 to wait for it, or the request again after the seconds in Retry-After.'],
  });

const refuseFailed = (name: string, { reason, message }: NonNullable<BuildReport['error']>): Refusal =>
  new Refusal('not_found', `The environment "${name}" could not be built (${reason}): ${message}`, {
    suggestions: ['Build it again.'],
  });

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
