import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentNameSchema } from '../core/contract/environment.ts';
import type { DiskUse } from './disk-use.ts';
import { manifestSchema, type Manifest } from './manifest.ts';

/** Folders of a store, and its state in memory. */
export interface StoreState {
  readonly root: string;
  readonly trees: string;
  readonly names: string;
  /** Manifests by id. Trees never change, so each manifest is read once. */
  readonly manifests: Map<string, Manifest>;
  /** Sizes of trees whose manifest lacks them, each measured once. */
  readonly measured: Map<string, DiskUse>;
  /** Count of drafts so far. */
  drafts: number;
}

export function createStoreState(stateDir: string): StoreState {
  const root = join(stateDir, 'environments');
  return {
    ...{ root, trees: join(root, 'trees'), names: join(root, 'names') },
    ...{ manifests: new Map(), measured: new Map(), drafts: 0 },
  };
}

export const treeOf = ({ trees }: StoreState, id: string): string => join(trees, id);

export const fileOf = ({ names }: StoreState, name: string): string =>
  join(names, `${environmentNameSchema.parse(name)}.json`);

/** Returns the manifest of a tree; undefined when there is none that can be read. */
export async function readManifest(state: StoreState, id: string): Promise<Manifest | undefined> {
  const { manifests } = state;
  const file = join(treeOf(state, id), 'manifest.json');
  const known = manifests.get(id);
  if (known !== undefined && existsSync(file)) return known;
  const manifest = manifestSchema.safeParse(await readJson(file)).data;
  if (manifest === undefined) manifests.delete(id);
  else manifests.set(id, manifest);
  return manifest;
}

/** Returns the entries of a folder; none when there is no such folder. */
export async function listFolder(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
