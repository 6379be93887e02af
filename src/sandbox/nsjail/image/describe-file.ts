import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * What tells that a file or a folder is another one; nothing where there is none. It says the same of what went through
 * the layers of a container image: these keep whole seconds, and a folder's size is the file system's own affair.
 */
export async function describeFile(file: string): Promise<string> {
  if (!existsSync(file)) return '';
  const stats = await stat(file);
  const size = stats.isDirectory() ? '' : ` ${stats.size}`;
  return `${file} ${Math.floor(stats.mtimeMs / 1000)}${size}\n`;
}
