import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { ReturnedFile } from '../core/contract/files/returned-files.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { makeFolder } from '../make-folder.ts';

/** Folder that returned files are written to. */
export interface OutputFolder extends AsyncDisposable {
  /**
   * Writes a file below the folder, replacing an existing one. The name appears when the file is complete.
   * @throws the system's Error when it cannot be written, also when a symbolic link is on its path.
   */
  write(file: ReturnedFile): Promise<void>;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * Opens a folder to write to; creates it if needed.
 * @throws Refusal `invalid_input` when that fails.
 */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  let root: FileHandle;
  try {
    await makeFolder(folder);
    // Follows a link that the person named, but none below it.
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

/** Returns the path of a name in an open folder, valid even when the folder is moved. */
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

/** Writes a whole file by renaming, which replaces a link itself, never its target. */
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
