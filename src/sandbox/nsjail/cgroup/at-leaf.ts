import { JailFailure } from '../../sandbox.ts';

const REMOVED = 'The cgroup of an execution was removed while it ran.';

/**
 * Reads or writes the cgroup of an execution. @throws JailFailure when that fails, because a limit or a counter is
 * unknown then.
 */
export function atLeaf<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw toFailure(error);
  }
}

/** True when the files of a cgroup cannot be opened, or an open one is dead. */
export const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Returns the failure of a jail whose cgroup could not be used. */
export const toFailure = (error: unknown): JailFailure =>
  new JailFailure(isGone(error) ? REMOVED : 'The cgroup of an execution could not be used.', {
    detail: (error as Error).message,
    cause: error,
  });
