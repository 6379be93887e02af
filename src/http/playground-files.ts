import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toStableText, type StableText } from './stable-text.ts';

/** The page for people and its scripts and styles, as the build bundled them. */
export interface PlaygroundFiles {
  readonly page: StableText;
  /** By name. */
  readonly assets: ReadonlyMap<string, StableText>;
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/**
 * Reads the bundle. Rejects with the system's error when it was not built.
 * @param folder `dist/playground`: `index.html`, and a folder `playground` with its parts.
 */
export async function loadPlayground(folder: string): Promise<PlaygroundFiles> {
  const page = toStableText(await readFile(join(folder, 'index.html'), 'utf8'), 'text/html');
  const parts = join(folder, 'playground');
  const assets = new Map<string, StableText>();
  for (const name of await readdir(parts)) {
    const type = types[name.slice(name.lastIndexOf('.'))];
    if (type !== undefined) assets.set(name, toStableText(await readFile(join(parts, name), 'utf8'), type));
  }
  return { page, assets };
}
