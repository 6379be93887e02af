import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DiskUse } from './disk-use.ts';
import { createDraft, keepTree, type Draft } from './drafts.ts';
import type { Manifest, Pointer } from './manifest.ts';
import { measureStore } from './measure-store.ts';
import { createStoreState, treeOf } from './store-state.ts';
import {
  markUsed,
  pointName,
  readNames,
  removeName,
  versionOf,
  type StoredEnvironment,
} from './stored-names.ts';
import { removeDeadDrafts, removeUnusedTrees } from './sweep-store.ts';

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

export function openStore(stateDir: string, preparedDir?: string): EnvironmentStore {
  const prepared = preparedDir === undefined ? undefined : openStore(resolve(preparedDir));
  const state = createStoreState(stateDir);

  const readAll = async (): Promise<StoredEnvironment[]> => {
    const own = await readNames(state);
    const hidden = new Set(own.map(({ name }) => name));
    const others = (await prepared?.readAll())?.filter(({ name }) => !hidden.has(name)) ?? [];
    return [...own, ...others].toSorted((one, other) => one.name.localeCompare(other.name));
  };

  return {
    readAll,
    version: () => versionOf(state),
    createDraft: () => createDraft(state),
    keepTree: (draft, manifest) => keepTree(state, draft, manifest),
    point: (name, pointer) => pointName(state, name, pointer),
    removeName: (name) => removeName(state, name),
    packagesOf: (id) =>
      prepared === undefined || existsSync(treeOf(state, id))
        ? join(treeOf(state, id), 'packages')
        : prepared.packagesOf(id),
    markUsed: (name, id) => markUsed(state, name, id),
    sweep: async (graceMs) => {
      await removeDeadDrafts(state);
      const used = new Set((await readAll()).map(({ pointer }) => pointer.id));
      await removeUnusedTrees(state, used, graceMs);
    },
    measure: async (owner) => measureStore(state, owner, owner === undefined ? [] : await readAll()),
  };
}
