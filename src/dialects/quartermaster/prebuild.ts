import { createHash } from 'node:crypto';
import { hasPackageEnvironments } from '../../core/contract/runtimes.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { readBuildRequest } from '../../core/validation/read-build-request.ts';
import { BuildFailure } from '../../environments/build-failure.ts';
import type { BuildRequest } from '../../core/contract/environment.ts';
import type { Viewer } from '../../core/contract/viewer.ts';
import type { Build, EnvironmentView } from '../../environments/environments.ts';
import type { EnvironmentRouteOptions } from '../../http/routes/environments.ts';
import { runtimeOfImage } from './images.ts';
import type { PrebuildSpec } from './read-run.ts';
import { nameOf } from './tags.ts';

/** An image could not be built; the message is for the caller. */
export class PrebuildFailure extends Error {
  override readonly name = 'PrebuildFailure';
}

/** Maximum number of lines of the build in a message. */
const LAST_LINES = 10;
const MOST_CHARACTERS = 2000;

/**
 * Builds the result of a set-up script as the environment of this name, unless it exists, and waits for it.
 * @throws PrebuildFailure; Refusal `overloaded`; the reason of the aborted signal, in which case the build goes on.
 */
export async function prebuild(
  environments: EnvironmentView,
  builds: EnvironmentRouteOptions['builds'],
  { name, ...spec }: PrebuildSpec & { readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const request = readSpec(name, spec, builds);
  if (environments.isCurrent(request)) return;
  const build = start(environments, request);
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([build.done, left.promise]);
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    const lines = error.reason === 'install_failed' ? build.report().progress.slice(-LAST_LINES) : [];
    const said = lines.join('\n').slice(-MOST_CHARACTERS);
    throw new PrebuildFailure([error.message, said].filter((text) => text !== '').join('\n'));
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function start(environments: EnvironmentView, request: BuildRequest): Build {
  try {
    return environments.build(request);
  } catch (error) {
    if (!(error instanceof Refusal) || error.category !== 'forbidden') throw error;
    throw new PrebuildFailure(error.message);
  }
}

function readSpec(
  name: string,
  { base_image: base, setup_script, shared = false }: PrebuildSpec,
  builds: EnvironmentRouteOptions['builds'],
) {
  const runtime = runtimeOfImage(base);
  // The fields of a request take no other base images.
  if (runtime === undefined) throw new Error(`there is no base image ${base}`);
  if (!hasPackageEnvironments(runtime)) throw new PrebuildFailure(`${base} has the standard library alone.`);
  try {
    // Checked under another name: Brig derives the real one from a checked tag or a specification, and no caller may
    // choose the latter.
    const request = readBuildRequest(
      { name: 'image', runtime, setup_script, shared },
      { isOperator: false, builds },
    );
    return { ...request, name };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason =
      error.category === 'forbidden'
        ? 'set-up scripts are foreign code, which the operator allows with BRIG_BUILDS=all.'
        : error.message;
    throw new PrebuildFailure(reason);
  }
}

/** Returns the name of a specification, the same each time for the same owner. */
export function nameOfSpec({ base_image, setup_script }: PrebuildSpec, { owner }: Viewer): string {
  const of = owner === undefined ? [] : [owner];
  const content = JSON.stringify([runtimeOfImage(base_image), setup_script, ...of]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 32);
  return nameOf(`spec-${digest}`) ?? digest;
}

/**
 * Whether the content of a specification is built, for the present interpreter. The name proves nothing: another key
 * may have made and shared an environment with that name.
 */
export function isBuilt(
  environments: Pick<EnvironmentView, 'isCurrent'>,
  { name, ...spec }: PrebuildSpec & { readonly name: string },
): boolean {
  try {
    // Using an existing environment needs no right to build it.
    return environments.isCurrent(readSpec(name, spec, 'all'));
  } catch (error) {
    if (error instanceof PrebuildFailure) return false;
    throw error;
  }
}
