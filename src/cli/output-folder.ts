import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { ReturnedFile } from '../core/files/returned-files.ts';
import { Refusal } from '../core/refusal.ts';
import { makeFolder } from '../make-folder.ts';

/** A folder that returned files are written below. */
export interface OutputFolder extends AsyncDisposable {
  /**
   * Writes a file below the folder, in place of one that is there. Its name appears when it is complete.
   * @throws Error of the system where it cannot be written: also where a symbolic link lies on its way.
   */
  write(file: ReturnedFile): Promise<void>;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * Opens a folder to write to, and makes it where there is none.
 * @throws Refusal `invalid_input` where that cannot be.
 */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  let root: FileHandle;
  try {
    await makeFolder(folder);
    // A link that the person named is theirs to follow; those below are not.
    root = await open(folder, FOLDER);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal('invalid_input', `--out ${folder}: no folder to write to (${code ?? 'unknown'}).`);
  }
  return {
    write: (file) => writeBelow(root, file),
    [Symbol.asyncDispose]: () => root.close(),
  };
}

/** A name within an open folder, whatever becomes of the folder's own path meanwhile. */
const within = ({ fd }: FileHandle, name: string): string => `/proc/self/fd/${fd}/${name}`;

async function writeBelow(root: FileHandle, { path, bytes }: ReturnedFile): Promise<void> {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  const opened: FileHandle[] = [];
  try {
    let folder = root;
    for (const next of folders) {
      folder = await openFolder(folder, next);
      opened.push(folder);
    }
    await writeWhole(folder, name, bytes);
  } finally {
    for (const handle of opened) await handle.close();
  }
}

async function openFolder(parent: FileHandle, name: string): Promise<FileHandle> {
  const folder = within(parent, name);
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return open(folder, FOLDER | constants.O_NOFOLLOW);
}

/** Renaming replaces a link itself, never what it leads to. */
async function writeWhole(folder: FileHandle, name: string, bytes: Uint8Array): Promise<void> {
  const draft = within(folder, `.brig-${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(draft, within(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
