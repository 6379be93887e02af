import { METADATA_FILE } from './metadata.ts';

/** Module `sdk.ts` of Deno and Bun, which both have `node:fs`. */
export const typescript = `// Metadata of a run, beside what it prints: JSON of any kind. Files of the run.
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const file = join(import.meta.dirname!, '${METADATA_FILE}');

/** Sets the metadata of this run; what was set before is gone. */
export function setMetadata(metadata: unknown): void {
  const text = JSON.stringify(metadata);
  if (text === undefined) throw new TypeError('The metadata is not JSON.');
  writeFileSync(file + '.new', text);
  renameSync(file + '.new', file);
}

/** Returns the metadata that was set last; null if none was. */
export function getMetadata(): any {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Resolves to what a file holds: text where it is UTF-8, else bytes. */
export async function loadFile(path: string): Promise<any> {
  const content = await readFile(path);
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) ? text : content;
}

/** Writes text or bytes to a file, and makes the folders above it. */
export async function saveFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
`;
