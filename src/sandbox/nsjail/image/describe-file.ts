import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Returns a text that changes when a file or folder is replaced; empty when there is none. The layers of a container
 * image do not change it: they keep whole seconds only, and a folder's size depends on the file system.
 */
export async function describeFile(file: string): Promise<string> {
  if (!existsSync(file)) return '';
  const stats = await stat(file);
  const size = stats.isDirectory() ? '' : ` ${stats.size}`;
  return `${file} ${Math.floor(stats.mtimeMs / 1000)}${size}\n`;
}
