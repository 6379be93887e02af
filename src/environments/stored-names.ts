import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentNameSchema } from '../core/contract/environment.ts';
import { nextDraft } from './drafts.ts';
import { pointerSchema, type Manifest, type Pointer } from './manifest.ts';
import { fileOf, listFolder, readJson, readManifest, treeOf, type StoreState } from './store-state.ts';

/** A name, the tree that it points at, and its last use. */
export interface StoredEnvironment {
  readonly name: string;
  readonly pointer: Pointer;
  readonly manifest: Manifest;
  readonly lastUsed: Date;
}

/** Returns all names of this store whose trees exist. */
export async function readNames(state: StoreState): Promise<StoredEnvironment[]> {
  const files = (await listFolder(state.names)).filter((file) => file.endsWith('.json'));
  return (await Promise.all(files.map((file) => readOne(state, file).catch(() => [])))).flat();
}

async function readOne(state: StoreState, file: string): Promise<StoredEnvironment[]> {
  const name = file.replace(/\.json$/, '');
  const path = join(state.names, file);
  const pointer = pointerSchema.safeParse(await readJson(path)).data;
  if (pointer === undefined || !environmentNameSchema.safeParse(name).success) return [];
  const manifest = await readManifest(state, pointer.id);
  if (manifest === undefined) return [];
  return [{ name, pointer, manifest, lastUsed: (await stat(path)).mtime }];
}

/** Returns a number that changes when a name is added, removed or points elsewhere. */
export function versionOf({ names }: StoreState): number {
  // Renames and removals within a folder change its modification time.
  return existsSync(names) ? statSync(names).mtimeMs + readdirSync(names).length : 0;
}

export async function pointName(state: StoreState, name: string, pointer: Pointer): Promise<void> {
  const draft = nextDraft(state);
  await writeFile(draft, JSON.stringify(pointer), { mode: 0o644 });
  await rename(draft, fileOf(state, name));
}

/** Returns false when there was no such name. */
export async function removeName(state: StoreState, name: string): Promise<boolean> {
  if (!existsSync(fileOf(state, name))) return false;
  await rm(fileOf(state, name), { force: true });
  return true;
}

export async function markUsed(state: StoreState, name: string, id: string): Promise<void> {
  const now = new Date();
  // Fails in a read-only store, as in a container, where nothing is ever removed either.
  for (const path of [fileOf(state, name), treeOf(state, id)])
    await utimes(path, now, now).catch(() => undefined);
}
