import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Refusal } from '../core/contract/refusal.ts';

/**
 * Returns the absolute path of a folder that the user named.
 * @throws Refusal `not_found` or `invalid_input`, worded for the person who typed the name.
 */
export async function findFolder(name: string): Promise<string> {
  const path = resolve(name);
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Refusal('not_found', `There is no folder ${name}.`);
    throw new Refusal('invalid_input', `${name} cannot be read (${error.code ?? 'unknown'}).`);
  });
  if (!status.isDirectory()) throw new Refusal('invalid_input', `${name} is no folder.`);
  return path;
}
