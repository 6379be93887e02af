import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, where they are not there. Node's own way (`recursive`) tries for ever where a file system
 * says ENOENT of a name that it does not make, as /proc does.
 * @param mode of those that are made, less the umask.
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

/** Undefined where it is there now. */
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
