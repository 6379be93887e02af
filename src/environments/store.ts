import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environmentNameSchema } from '../core/environment.ts';
import { makeFolder } from '../make-folder.ts';
import { judgeOwner, ownName } from '../sandbox/owner.ts';
import { measureTree, type DiskUse } from './disk-use.ts';
import { manifestSchema, pointerSchema, type Manifest, type Pointer } from './manifest.ts';

/** A name, the tree that it points at, and its last use. */
export interface StoredEnvironment {
  readonly name: string;
  readonly pointer: Pointer;
  readonly manifest: Manifest;
  readonly lastUsed: Date;
}

/**
 * Environments on disk: `trees/<id>/packages` with its `manifest.json`, which never change, and `names/<name>.json`,
 * which point at them. Everything is written aside and renamed into place, so a killed process leaves only a draft,
 * which the next sweep removes. Names in `preparedDir` count too, unless the store has the same name; that folder is
 * never changed.
 */
export interface EnvironmentStore {
  /** Returns all names whose trees exist. */
  readAll(): Promise<StoredEnvironment[]>;
  /** Returns a number that changes when a name is added, removed or points elsewhere, also by another process. */
  version(): number;
  /** Creates a folder that this process owns; disposal removes what is left of it. */
  createDraft(): Promise<Draft>;
  /** Moves a draft into place; an existing tree of the same id stays. */
  keepTree(draft: Draft, manifest: Manifest): Promise<void>;
  point(name: string, pointer: Pointer): Promise<void>;
  /** Returns false when there was no such name. */
  removeName(name: string): Promise<boolean>;
  packagesOf(id: string): string;
  markUsed(name: string, id: string): Promise<void>;
  /** Removes drafts of dead processes, and trees that no name points at and that were unused for `graceMs`. */
  sweep(graceMs: number): Promise<void>;
  /** Measures all trees, and those that a key built first or points at. */
  measure(owner: string | undefined): Promise<{ readonly all: DiskUse; readonly own: DiskUse }>;
}

export interface Draft extends AsyncDisposable {
  readonly folder: string;
  readonly packages: string;
}

export function openStore(stateDir: string, preparedDir?: string): EnvironmentStore {
  const root = join(stateDir, 'environments');
  const [trees, names] = [join(root, 'trees'), join(root, 'names')];
  const prepared = preparedDir === undefined ? undefined : openStore(resolve(preparedDir));
  const treeOf = (id: string): string => join(trees, id);
  const fileOf = (name: string): string => join(names, `${environmentNameSchema.parse(name)}.json`);
  let drafts = 0;

  /** Manifests by id. Trees never change, so each manifest is read once. */
  const manifests = new Map<string, Manifest>();
  const readManifest = async (id: string): Promise<Manifest | undefined> => {
    const file = join(treeOf(id), 'manifest.json');
    const known = manifests.get(id);
    if (known !== undefined && existsSync(file)) return known;
    const manifest = manifestSchema.safeParse(await readJson(file)).data;
    if (manifest === undefined) manifests.delete(id);
    else manifests.set(id, manifest);
    return manifest;
  };

  const readOne = async (file: string): Promise<StoredEnvironment[]> => {
    const name = file.replace(/\.json$/, '');
    const path = join(names, file);
    const pointer = pointerSchema.safeParse(await readJson(path)).data;
    if (pointer === undefined || !environmentNameSchema.safeParse(name).success) return [];
    const manifest = await readManifest(pointer.id);
    if (manifest === undefined) return [];
    return [{ name, pointer, manifest, lastUsed: (await stat(path)).mtime }];
  };

  const readAll = async (): Promise<StoredEnvironment[]> => {
    const files = (await list(names)).filter((file) => file.endsWith('.json'));
    const own = (await Promise.all(files.map((file) => readOne(file).catch(() => [])))).flat();
    const hidden = new Set(own.map(({ name }) => name));
    const others = (await prepared?.readAll())?.filter(({ name }) => !hidden.has(name)) ?? [];
    return [...own, ...others].toSorted((one, other) => one.name.localeCompare(other.name));
  };

  /** Sizes of trees whose manifest lacks them. Trees never change, so each is measured once. */
  const measured = new Map<string, DiskUse>();
  const useOf = async (id: string, manifest: Manifest | undefined): Promise<DiskUse> => {
    const { disk_bytes: bytes, inodes } = manifest ?? {};
    const known = bytes !== undefined && inodes !== undefined ? { bytes, inodes } : measured.get(id);
    if (known !== undefined) return known;
    const use = await measureTree(treeOf(id)).catch(() => ({ bytes: 0, inodes: 0 }));
    measured.set(id, use);
    return use;
  };

  const sweep = async (graceMs: number): Promise<void> => {
    for (const entry of await list(root)) {
      const owner = /^draft-(.+)$/.exec(entry)?.[1];
      if (owner !== undefined && judgeOwner(owner) === 'dead') await removeTree(root, join(root, entry));
    }
    const used = new Set((await readAll()).map(({ pointer }) => pointer.id));
    for (const id of manifests.keys()) if (!used.has(id)) manifests.delete(id);
    for (const id of await list(trees)) {
      const age = Date.now() - ((await stat(treeOf(id)).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (!used.has(id) && age > graceMs) await removeTree(root, treeOf(id));
    }
  };

  return {
    readAll,
    // Renames and removals within a folder change its modification time.
    version: () => (existsSync(names) ? statSync(names).mtimeMs + readdirSync(names).length : 0),
    createDraft: async () => {
      drafts += 1;
      const folder = join(root, `draft-${ownName()}-${drafts}`);
      for (const path of [root, trees, names]) await makeFolder(path, 0o755);
      await rm(folder, { recursive: true, force: true });
      await mkdir(join(folder, 'packages'), { recursive: true, mode: 0o755 });
      return {
        folder,
        packages: join(folder, 'packages'),
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
      };
    },
    keepTree: async (draft, manifest) => {
      await writeFile(join(draft.folder, 'manifest.json'), JSON.stringify(manifest), {
        flag: 'wx',
        mode: 0o644,
      });
      const place = treeOf(manifest.id);
      if (existsSync(place)) {
        await utimes(place, new Date(), new Date());
        return;
      }
      try {
        await rename(draft.folder, place);
      } catch (error) {
        // Another process was faster with the same tree.
        if (!existsSync(place)) throw error;
      }
    },
    point: async (name, pointer) => {
      drafts += 1;
      const draft = join(root, `draft-${ownName()}-${drafts}`);
      await writeFile(draft, JSON.stringify(pointer), { mode: 0o644 });
      await rename(draft, fileOf(name));
    },
    removeName: async (name) => {
      if (!existsSync(fileOf(name))) return false;
      await rm(fileOf(name), { force: true });
      return true;
    },
    packagesOf: (id) =>
      prepared === undefined || existsSync(treeOf(id))
        ? join(treeOf(id), 'packages')
        : prepared.packagesOf(id),
    markUsed: async (name, id) => {
      const now = new Date();
      // Fails in a read-only store, as in a container, where nothing is ever removed either.
      for (const path of [fileOf(name), treeOf(id)]) await utimes(path, now, now).catch(() => undefined);
    },
    sweep,
    measure: async (owner) => {
      const pointers = owner === undefined ? [] : (await readAll()).map(({ pointer }) => pointer);
      const pointed = new Set(pointers.filter((one) => one.owner === owner).map(({ id }) => id));
      const uses = (await list(trees)).map(async (id) => {
        const manifest = await readManifest(id);
        const isOwn = owner !== undefined && (manifest?.owner === owner || pointed.has(id));
        return { isOwn, use: await useOf(id, manifest) };
      });
      const found = await Promise.all(uses);
      return {
        all: addUp(found.map(({ use }) => use)),
        own: addUp(found.filter(({ isOwn }) => isOwn).map(({ use }) => use)),
      };
    },
  };
}

const addUp = (uses: readonly DiskUse[]): DiskUse => ({
  bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
  inodes: uses.reduce((sum, { inodes }) => sum + inodes, 0),
});

/** Renames the tree aside first, so that an interrupted removal leaves no partial tree in place. */
async function removeTree(root: string, folder: string): Promise<void> {
  const aside = join(root, `draft-${ownName()}-${Date.now()}`);
  const moved = await rename(folder, aside).then(
    () => aside,
    () => folder,
  );
  await rm(moved, { recursive: true, force: true });
}

async function list(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
