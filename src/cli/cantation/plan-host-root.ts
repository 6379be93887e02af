import { realpathSync, statSync } from 'node:fs';
import { complainAboutRoot, isWithin, type AllowedRoot } from '../../core/allowed-root.ts';
import { planRoot, type RootPlan } from '../../dialects/code-cantation/plan-root.ts';
import { misuse } from './usage.ts';

/**
 * Plans the root directory for the command line: the caller's own, under its own path. Resolves links on the way to
 * it; links inside it reach only what is in the jail.
 * @throws CommanderError when the directory does not exist, or must not be given to a script.
 */
export function planHostRoot(allowedRoot: string | undefined, workDir: string | undefined): RootPlan {
  // Without a directory of the caller's, the working directory is inside the jail and nothing of the host is visible.
  if (allowedRoot === undefined) return planRoot(undefined, workDir);
  const path = findFolder('--allowed-root', allowedRoot);
  const complaint = complainAboutRoot(path);
  if (complaint !== undefined) throw misuse(`--allowed-root cannot be ${path}: ${complaint}.`);
  const own = workDir === undefined ? path : findFolder('--work-dir', workDir);
  if (!isWithin(own, path)) return { error: 'work_dir must be within allowed_root' };
  const root: AllowedRoot = { path, workDir: own, isConfined: true, hostFolder: path };
  return { root };
}

function findFolder(flag: string, name: string): string {
  try {
    const path = realpathSync(name);
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') throw misuse(`${flag}: ${name} cannot be reached.`);
  }
  throw misuse(`${flag}: there is no directory ${name}.`);
}
