import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The folder on the way to this one that only some users may enter. What does not exist yet is in nobody's way. */
export function findBarrier(folder: string): string | undefined {
  for (let path = folder; path !== '/'; path = dirname(path))
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return path;
  return undefined;
}
