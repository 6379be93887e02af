import type { BuildError } from '../core/contract/environment.ts';

/**
 * A build failed. The message is for the caller who ordered it: it names no part of the host and no secret.
 * @example
 * await brig.environments.build({ name: 'x', packages: ['no-such-package'] }).catch((error: unknown) => {
 *   if (error instanceof BuildFailure) console.error(error.reason, error.message);
 * });
 */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly reason: BuildError;

  constructor(reason: BuildError, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
