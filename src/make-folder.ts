import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and its missing parents. Node's own `recursive` loops forever on a file system that returns ENOENT
 * for a name it cannot create, as /proc does.
 * @param mode of new folders, less the umask.
 * @throws Error of the system, such as EACCES, ENOENT, ENOTDIR.
 * @example await makeFolder('/var/lib/brig/images', 0o755);
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const wanted = resolve(folder);
  const missing: string[] = [];
  for (let path = wanted; ; path = dirname(path)) {
    const code = await tryToMake(path, mode);
    if (code === undefined) break;
    if (code !== 'ENOENT' || path === '/') throw Object.assign(new Error(`${code}: ${path}`), { code });
    missing.push(path);
  }
  for (const path of missing.toReversed()) await mkdir(path, { mode }).catch(unlessThere);
}

/** Returns undefined when the folder exists now. */
async function tryToMake(path: string, mode: number): Promise<string | undefined> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' ? undefined : (code ?? 'unknown');
  }
}

/** Another process may make it at the same moment. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
