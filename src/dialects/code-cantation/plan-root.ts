import { posix } from 'node:path';
import { complainAboutRoot, isWithin, type AllowedRoot } from '../../core/allowed-root.ts';

/** Result of `allowed_root` and `work_dir`: no directory, a directory in the jail, or the text of an error. */
export type RootPlan = { readonly root: AllowedRoot | undefined } | { readonly error: string };

/** Base of relative paths. */
const WORK_DIR = '/work';

/**
 * Plans the directory for a request over HTTP: it is in the jail, starts empty, and has the path that the caller
 * names.
 */
export function planRoot(allowedRoot: string | undefined, workDir: string | undefined): RootPlan {
  const named = allowedRoot ?? workDir;
  if (named === undefined || named === '') return { root: undefined };
  const path = normalize(named);
  const own = workDir === undefined || workDir === '' ? path : normalize(workDir);
  if (!isWithin(own, path)) return { error: 'work_dir must be within allowed_root' };
  for (const folder of [path, own]) {
    const complaint = complainAboutRoot(folder);
    if (complaint !== undefined)
      return { error: `${folder} cannot be a directory of the jail: ${complaint}` };
  }
  return { root: { path, workDir: own, isConfined: allowedRoot !== undefined } };
}

const normalize = (path: string): string => posix.resolve(WORK_DIR, path);
