import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Returns the folder on the way to this one that only some users may enter. Folders that do not exist yet do not
 * count.
 */
export function findBarrier(folder: string): string | undefined {
  for (let path = folder; path !== '/'; path = dirname(path))
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return path;
  return undefined;
}
