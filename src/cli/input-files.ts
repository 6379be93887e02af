import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, sep } from 'node:path';
import { cutSlashes } from '../core/text/cut-slashes.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { requestCaps } from '../core/contract/request.ts';
import type { GivenContents } from '../core/validation/files.ts';

/** A file on this machine, and its place in the working directory. */
interface Source {
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
}

/** `files` of a request without their contents, and the contents by index. */
export interface InputFiles {
  readonly files: readonly { readonly path: string; readonly content: '' }[];
  readonly contents: GivenContents;
}

/**
 * Reads the files of `--file PATH[=PATH_IN_JAIL]`, and folders with all their files. Passes symbolic links and other
 * irregular files to `onSkip`.
 * @throws Refusal `not_found` or `invalid_input`, worded for the person who typed the names.
 */
export async function readInputFiles(
  specs: readonly string[],
  mostBytes: number,
  onSkip: (file: string) => void,
): Promise<InputFiles> {
  const sources: Source[] = [];
  let total = 0;
  for (const spec of specs) {
    for await (const source of findSources(spec, onSkip)) {
      sources.push(source);
      total += source.bytes;
      if (sources.length > requestCaps.files) {
        throw new Refusal('invalid_input', `--file ${spec}: more than ${requestCaps.files} files.`);
      }
      if (total > mostBytes) {
        throw new Refusal(
          'invalid_input',
          `--file ${spec}: more than ${mostBytes} bytes, the ceiling of limits.disk_mb.`,
        );
      }
    }
  }
  const contents = new Map<number, Uint8Array<ArrayBuffer>>();
  for (const [index, { file }] of sources.entries()) {
    contents.set(index, await inWords(file, () => readFile(file)));
  }
  return { files: sources.map(({ path }) => ({ path, content: '' })), contents };
}

async function* findSources(spec: string, onSkip: (file: string) => void): AsyncGenerator<Source> {
  const { file, path } = await splitSpec(spec);
  const status = await inWords(file, () => stat(file));
  if (status.isFile()) yield { file, path: path ?? placeOf(file), bytes: status.size };
  else if (status.isDirectory()) yield* walk(file, path ?? placeOf(file), onSkip);
  else throw new Refusal('invalid_input', `${file} is neither a file nor a folder.`);
}

/** Splits a specification. A path that exists as it is typed counts whole, since names can contain `=`. */
async function splitSpec(spec: string): Promise<{ file: string; path: string | undefined }> {
  const at = spec.lastIndexOf('=');
  if (at < 1 || (await exists(spec))) return { file: spec, path: undefined };
  return { file: spec.slice(0, at), path: cutSlashes(spec.slice(at + 1)) };
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

/** Returns the default place of a file: its path below the current folder, or its name alone. */
function placeOf(file: string): string {
  const path = cutSlashes(normalize(file));
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`) ? basename(path) : path;
}

async function* walk(folder: string, path: string, onSkip: (file: string) => void): AsyncGenerator<Source> {
  const entries = await inWords(folder, () => readdir(folder, { withFileTypes: true }));
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(folder, entry.name);
    // `.` is the working directory itself.
    const place = path === '.' || path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(file, place, onSkip);
    else if (entry.isFile()) yield { file, path: place, bytes: (await inWords(file, () => stat(file))).size };
    else onSkip(file);
  }
}

async function inWords<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal('not_found', `There is no file ${file}.`);
    throw new Refusal('invalid_input', `${file} cannot be read (${code ?? 'unknown'}).`);
  }
}
