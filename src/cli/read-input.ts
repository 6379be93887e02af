import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Refusal } from '../core/contract/refusal.ts';

/**
 * Reads a file, or standard input for `-`.
 * @throws Refusal `not_found` or `invalid_input`, worded for the person who typed the name.
 */
export async function readInput(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal('not_found', `There is no file ${file}.`);
    throw new Refusal('invalid_input', `${file} cannot be read (${code ?? 'unknown'}).`);
  }
}
