import { existsSync } from 'node:fs';
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { ownName } from '../sandbox/owner.ts';
import type { Manifest } from './manifest.ts';
import { treeOf, type StoreState } from './store-state.ts';

/** A tree before it is moved into place; disposal removes what is left of it. */
export interface Draft extends AsyncDisposable {
  readonly folder: string;
  readonly packages: string;
}

/** Returns a new path that only this process writes to. */
export function nextDraft(state: StoreState): string {
  state.drafts += 1;
  return join(state.root, `draft-${ownName()}-${state.drafts}`);
}

/** Creates a folder that this process owns. */
export async function createDraft(state: StoreState): Promise<Draft> {
  const { root, trees, names } = state;
  const folder = nextDraft(state);
  const packages = join(folder, 'packages');
  for (const path of [root, trees, names]) await makeFolder(path, 0o755);
  await rm(folder, { recursive: true, force: true });
  await mkdir(packages, { recursive: true, mode: 0o755 });
  return {
    folder,
    packages,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Moves a draft into place; an existing tree of the same id stays. */
export async function keepTree(state: StoreState, { folder }: Draft, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(manifest);
  await writeFile(join(folder, 'manifest.json'), text, { flag: 'wx', mode: 0o644 });
  const place = treeOf(state, manifest.id);
  if (existsSync(place)) {
    await utimes(place, new Date(), new Date());
    return;
  }
  try {
    await rename(folder, place);
  } catch (error) {
    // Another process was faster with the same tree.
    if (!existsSync(place)) throw error;
  }
}
