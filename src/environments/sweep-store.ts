import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeOwner } from '../sandbox/owner.ts';
import { nextDraft } from './drafts.ts';
import { listFolder, treeOf, type StoreState } from './store-state.ts';

/** Removes drafts of dead processes. */
export async function removeDeadDrafts(state: StoreState): Promise<void> {
  for (const entry of await listFolder(state.root)) {
    const owner = /^draft-(.+)$/.exec(entry)?.[1];
    if (owner !== undefined && judgeOwner(owner) === 'dead') await removeTree(state, join(state.root, entry));
  }
}

/** Removes trees that are not among `used` and that were unused for `graceMs`. */
export async function removeUnusedTrees(
  state: StoreState,
  used: ReadonlySet<string>,
  graceMs: number,
): Promise<void> {
  for (const id of state.manifests.keys()) if (!used.has(id)) state.manifests.delete(id);
  for (const id of await listFolder(state.trees)) {
    const tree = treeOf(state, id);
    const now = Date.now();
    const { mtimeMs } = await stat(tree).catch(() => ({ mtimeMs: now }));
    if (!used.has(id) && now - mtimeMs > graceMs) await removeTree(state, tree);
  }
}

/** Renames the tree aside first, so that an interrupted removal leaves no partial tree in place. */
async function removeTree(state: StoreState, folder: string): Promise<void> {
  const aside = nextDraft(state);
  const moved = await rename(folder, aside).then(
    () => aside,
    () => folder,
  );
  await rm(moved, { recursive: true, force: true });
}
