import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure } from './build-failure.ts';

/** Space that a tree takes on a disk. */
export interface DiskUse {
  /** In whole blocks: an empty folder and a file of one byte take one block each. */
  readonly bytes: number;
  /** Count of files, folders and links. */
  readonly inodes: number;
}

/** Maximum disk use of a tree, and the failure of a tree that exceeds it. */
export interface TreeCaps extends DiskUse {
  readonly exceed: (what: keyof DiskUse) => BuildFailure;
}

const BLOCK = 4096;
/** Bytes of a folder entry besides its name. */
const ENTRY = 16;
/** Longest link, in bytes, that is stored within its inode. */
const SHORT_LINK = 59;

const inBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

/** Adds up the space of a tree before it is written. Each `add` @throws BuildFailure when it exceeds the caps. */
export interface DiskMeter {
  addFile(path: string, size: number): void;
  addFolder(path: string): void;
  addLink(path: string, target: string): void;
  used(): DiskUse;
}

export function createDiskMeter(caps: TreeCaps): DiskMeter {
  let [blocks, entries, inodes] = [BLOCK, 0, 1];
  const add = (path: string, bytes: number): void => {
    blocks += bytes;
    inodes += 1;
    const length = Buffer.byteLength(path);
    entries += length - path.lastIndexOf('/') + ENTRY;
    if (blocks + entries > caps.bytes) throw caps.exceed('bytes');
    if (inodes > caps.inodes) throw caps.exceed('inodes');
  };
  return {
    addFile: (path, size) => add(path, inBlocks(size)),
    addFolder: (path) => add(path, BLOCK),
    addLink: (path, target) => add(path, target.length > SHORT_LINK ? BLOCK : 0),
    used: () => ({ bytes: inBlocks(blocks + entries), inodes }),
  };
}

/** Measures a tree that exists already. */
export async function measureTree(folder: string): Promise<DiskUse> {
  const never = { bytes: Infinity, inodes: Infinity, exceed: () => new BuildFailure('disk_limit', '') };
  const meter = createDiskMeter(never);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(folder.length + 1);
    if (entry.isDirectory()) meter.addFolder(shown);
    else meter.addFile(shown, (await lstat(path)).size);
  }
  return meter.used();
}
