import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { KeyFileError, writeKeyFile, type KeyRecord } from './key-file.ts';
import { withLock } from './lock.ts';
import { readKeyFile } from './read-key-file.ts';

/** Read and write for the owner only. */
const MODE = 0o600;
const FOLDER_MODE = 0o755;

/**
 * Changes the keys of a file, one process at a time; creates a missing file. Writes aside and renames into place, so
 * that readers see either the old or the new keys. Keeps owner and mode of an existing file. @param makesFolder true
 * to make the missing folders above the file.
 *
 * @throws KeyFileError when the file cannot be read or written, and stays as it was; the error of `change`.
 */
export async function changeKeyFile(
  file: string,
  change: (keys: readonly KeyRecord[]) => readonly KeyRecord[],
  { makesFolder = false } = {},
): Promise<void> {
  if (makesFolder) await makeFolderOf(file);
  const path = await locate(file);
  await withLock(path, async () => {
    const before = await lookAt(path);
    const keys = before === undefined ? [] : (await readKeyFile(path)).keys;
    const after = change(keys);
    try {
      await replace(path, writeKeyFile(after), before);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new KeyFileError(`The file of keys ${file} cannot be written (${code}); it is as it was.`, {
        cause: error,
      });
    }
  });
}

async function makeFolderOf(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  try {
    await makeFolder(folder, FOLDER_MODE);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new KeyFileError(
      `There is no folder ${folder} for the file of keys, and it cannot be made (${code}). Set BRIG_KEYS_FILE to a file in a folder of yours.`,
      { cause: error },
    );
  }
}

/**
 * Resolves all names of a file to one path, so that behind a symbolic link the file is replaced and not the link.
 */
async function locate(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const folder = dirname(resolve(file));
    try {
      return join(await realpath(folder), basename(file));
    } catch {
      throw new KeyFileError(`There is no folder ${folder} for the file of keys.`);
    }
  }
}

interface Before {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

async function lookAt(path: string): Promise<Before | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(path: string, text: string, before: Before | undefined): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await using handle = await open(draft, 'wx', MODE);
    await handle.writeFile(text);
    if (before !== undefined && process.getuid?.() === 0) await handle.chown(before.uid, before.gid);
    await handle.chmod(before === undefined ? MODE : before.mode & 0o770);
    await handle.sync();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}
