import { chmod, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeOwner, ownName } from '../sandbox/owner.ts';

export interface ProgramStoreOptions {
  /** A folder of the service's own, below which every jail may pass. */
  readonly folder: string;
  /** Bytes of all programs together. */
  readonly mostBytes: number;
  readonly mostPrograms: number;
  /** A program that nothing has run for so long is removed. */
  readonly maxAgeMs: number;
}

/**
 * Programs that compilers made, by a key that covers all that went into them. They were made where hostile code ran:
 * they are never run but in jails, and no caller can put one under a key that another one's source has.
 */
export interface ProgramStore {
  /** The file of a program, if it was kept. */
  find(key: string): Promise<string | undefined>;
  /** @throws Error where it cannot be written. */
  keep(key: string, program: Uint8Array): Promise<string>;
}

const PREFIX = 'program-';
const DRAFT = 'draft-';

export function openProgramStore(options: ProgramStoreOptions): ProgramStore {
  const { folder } = options;
  let drafts = 0;
  const place = (key: string): string => join(folder, PREFIX + key);

  const keep = async (key: string, program: Uint8Array): Promise<string> => {
    await mkdir(folder, { recursive: true });
    // Whatever the umask was: jails have ids of their own.
    await chmod(folder, 0o755);
    const draft = join(folder, `${DRAFT}${ownName()}-${(drafts += 1)}`);
    try {
      await writeDurably(draft, program);
      await rename(draft, place(key));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await sweep(options, PREFIX + key).catch(() => undefined);
    return place(key);
  };

  return {
    find: async (key) => {
      const file = place(key);
      try {
        // Also says that it is in use.
        await utimes(file, new Date(), new Date());
        return file;
      } catch {
        return undefined;
      }
    },
    keep,
  };
}

/** On the disk before it has its name: after a power cut a name never stands for half a program. */
async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o555);
  try {
    await handle.writeFile(content);
    // Whatever the umask was.
    await handle.chmod(0o555);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what is too old, then what was not used for the longest time until the rest is within the bounds. */
async function sweep(options: ProgramStoreOptions, newest: string): Promise<void> {
  const { folder, mostBytes, mostPrograms, maxAgeMs } = options;
  const programs: { file: string; mtimeMs: number; size: number }[] = [];
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (name.startsWith(DRAFT) && judgeOwner(name.slice(DRAFT.length)) === 'dead') await rm(file);
    if (!name.startsWith(PREFIX) || name === newest) continue;
    const { mtimeMs, size } = await stat(file);
    programs.push({ file, mtimeMs, size });
  }
  let bytes = (await stat(join(folder, newest))).size;
  let count = 1;
  for (const { file, mtimeMs, size } of programs.toSorted((a, b) => b.mtimeMs - a.mtimeMs)) {
    bytes += size;
    count += 1;
    const isOver = bytes > mostBytes || count > mostPrograms || Date.now() - mtimeMs > maxAgeMs;
    if (isOver) await rm(file, { force: true });
  }
}
