import { chmod, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { judgeOwner, ownName } from '../sandbox/owner.ts';

export interface ProgramStoreOptions {
  /** Folder of the service's own that every jail may traverse. */
  readonly folder: string;
  /** Maximum bytes of all programs together. */
  readonly mostBytes: number;
  readonly mostPrograms: number;
  /** Age in milliseconds, since the last use, at which a program is removed. */
  readonly maxAgeMs: number;
}

/**
 * Compiled programs, under a key that covers everything that went into them. Hostile code may have shaped them: they
 * run in jails only, and no caller can store one under the key of another's source.
 */
export interface ProgramStore {
  /** Returns the file of a program that was kept. */
  find(key: string): Promise<string | undefined>;
  /**
   * Stores a program, and evicts from the owner with the most when the store is full.
   * @param owner of the source.
   * @throws Error when it cannot be written.
   */
  keep(key: string, program: Uint8Array, owner?: string): Promise<string>;
}

const PREFIX = 'program-';
const DRAFT = 'draft-';

export function openProgramStore(options: ProgramStoreOptions): ProgramStore {
  const { folder } = options;
  let drafts = 0;
  /** Owners by file name; files of an earlier service have none. */
  const owners = new Map<string, string>();
  const place = (key: string): string => join(folder, PREFIX + key);

  const keep = async (key: string, program: Uint8Array, owner = ''): Promise<string> => {
    await makeFolder(folder);
    // Independent of the umask: jails have ids of their own.
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
        // Also records the use.
        await utimes(file, new Date(), new Date());
        return file;
      } catch {
        return undefined;
      }
    },
    keep,
  };
}

/**
 * Flushes the file to disk before it gets its name, so that a name never stands for a partial program after a power
 * cut.
 */
async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o555);
  try {
    await handle.writeFile(content);
    // Independent of the umask.
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
 * Removes programs that are too old, then the least recently used of the owner with the most, until the rest is
 * within bounds.
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

/** Returns the names to remove: never the newest file, and always from the owner with the most at that moment. */
function chooseSurplus(
  programs: readonly StoredProgram[],
  { mostBytes, mostPrograms }: Pick<ProgramStoreOptions, 'mostBytes' | 'mostPrograms'>,
  newest: string,
  owners: ReadonlyMap<string, string>,
): string[] {
  const sum = (some: readonly StoredProgram[]): number => some.reduce((all, { size }) => all + size, 0);
  let bytes = sum(programs);
  let count = programs.length;
  /** Programs of each owner, the most recently used first. */
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
