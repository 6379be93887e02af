import { JailFailure } from '../sandbox/sandbox.ts';
import { BuildFailure } from './build-failure.ts';

/** Error codes of a disk or process that is short of something; a package cannot cause them. */
const hostErrors = new Set(['EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'EPERM']);

/** Returns the failure of a host that cannot keep an environment. */
export const cannotKeep = (error: unknown): BuildFailure =>
  new BuildFailure('sandbox_unavailable', 'The host cannot keep what is built; the log says why.', error);

/** Turns an error into a BuildFailure. Blames the packages only when nothing points to the machine. */
export function toBuildFailure(error: unknown): BuildFailure {
  if (error instanceof BuildFailure) return error;
  if (error instanceof JailFailure) return new BuildFailure('sandbox_unavailable', error.message, error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BuildFailure('store_full', 'The disk that environments are kept on is full.', error);
  }
  if (hostErrors.has(code ?? '')) return cannotKeep(error);
  return new BuildFailure('install_failed', 'The build could not be completed; the log says why.', error);
}
