import { chmod, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
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
  /**
   * @param owner whose source it is: what does not fit any more is taken from the owner who has most.
   * @throws Error where it cannot be written.
   */
  keep(key: string, program: Uint8Array, owner?: string): Promise<string>;
}

const PREFIX = 'program-';
const DRAFT = 'draft-';

export function openProgramStore(options: ProgramStoreOptions): ProgramStore {
  const { folder } = options;
  let drafts = 0;
  /** By the names of the files; those of an earlier service are nobody's. */
  const owners = new Map<string, string>();
  const place = (key: string): string => join(folder, PREFIX + key);

  const keep = async (key: string, program: Uint8Array, owner = ''): Promise<string> => {
    await makeFolder(folder);
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
    owners.set(PREFIX + key, owner);
    await sweep(options, PREFIX + key, owners).catch(() => undefined);
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

interface StoredProgram {
  readonly name: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * Removes what is too old, then until the rest is within the bounds what was not used for the longest time of the owner
 * who has most.
 */
async function sweep(
  { folder, mostBytes, mostPrograms, maxAgeMs }: ProgramStoreOptions,
  newest: string,
  owners: Map<string, string>,
): Promise<void> {
  const programs: StoredProgram[] = [];
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (name.startsWith(DRAFT) && judgeOwner(name.slice(DRAFT.length)) === 'dead') await rm(file);
    if (!name.startsWith(PREFIX)) continue;
    const { mtimeMs, size } = await stat(file);
    if (name === newest || Date.now() - mtimeMs <= maxAgeMs) programs.push({ name, mtimeMs, size });
    else await rm(file, { force: true });
  }
  for (const name of chooseSurplus(programs, { mostBytes, mostPrograms }, newest, owners))
    await rm(join(folder, name), { force: true });
  const names = new Set(programs.map(({ name }) => name));
  for (const name of owners.keys()) if (!names.has(name)) owners.delete(name);
}

/** Names of what has to go: never the newest, and of an owner only as long as nobody has more. */
function chooseSurplus(
  programs: readonly StoredProgram[],
  { mostBytes, mostPrograms }: Pick<ProgramStoreOptions, 'mostBytes' | 'mostPrograms'>,
  newest: string,
  owners: ReadonlyMap<string, string>,
): string[] {
  const sum = (some: readonly StoredProgram[]): number => some.reduce((all, { size }) => all + size, 0);
  let bytes = sum(programs);
  let count = programs.length;
  /** Of each owner, what was used last first. */
  const shelves = [...Map.groupBy(programs, ({ name }) => owners.get(name) ?? '').values()].map((own) => ({
    bytes: sum(own),
    programs: own.toSorted((a, b) => b.mtimeMs - a.mtimeMs),
  }));
  const chosen: string[] = [];
  while (bytes > mostBytes || count > mostPrograms) {
    const most = bytes > mostBytes ? 'bytes' : 'count';
    const sizeOf = (shelf: (typeof shelves)[number]): number =>
      most === 'bytes' ? shelf.bytes : shelf.programs.length;
    const [richest] = shelves
      .filter((shelf) => shelf.programs.some(({ name }) => name !== newest))
      .toSorted((a, b) => sizeOf(b) - sizeOf(a));
    const at = richest?.programs.findLastIndex(({ name }) => name !== newest) ?? -1;
    const [gone] = richest?.programs.splice(at, 1) ?? [];
    if (richest === undefined || gone === undefined) return chosen;
    richest.bytes -= gone.size;
    bytes -= gone.size;
    count -= 1;
    chosen.push(gone.name);
  }
  return chosen;
}
