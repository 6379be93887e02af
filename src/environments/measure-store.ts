import { measureTree, type DiskUse } from './disk-use.ts';
import type { Manifest } from './manifest.ts';
import { listFolder, readManifest, treeOf, type StoreState } from './store-state.ts';
import type { StoredEnvironment } from './stored-names.ts';

/** Measures all trees, and those that a key built first or points at. */
export async function measureStore(
  state: StoreState,
  owner: string | undefined,
  names: readonly StoredEnvironment[],
): Promise<{ readonly all: DiskUse; readonly own: DiskUse }> {
  const pointed = new Set(names.flatMap(({ pointer }) => (pointer.owner === owner ? [pointer.id] : [])));
  const uses = (await listFolder(state.trees)).map(async (id) => {
    const manifest = await readManifest(state, id);
    const isOwn = owner !== undefined && (manifest?.owner === owner || pointed.has(id));
    return { isOwn, use: await useOf(state, id, manifest) };
  });
  const found = await Promise.all(uses);
  return {
    all: addUp(found.map(({ use }) => use)),
    own: addUp(found.filter(({ isOwn }) => isOwn).map(({ use }) => use)),
  };
}

async function useOf(state: StoreState, id: string, manifest: Manifest | undefined): Promise<DiskUse> {
  const { measured } = state;
  const { disk_bytes: bytes, inodes } = manifest ?? {};
  const known = bytes !== undefined && inodes !== undefined ? { bytes, inodes } : measured.get(id);
  if (known !== undefined) return known;
  const use = await measureTree(treeOf(state, id)).catch(() => ({ bytes: 0, inodes: 0 }));
  measured.set(id, use);
  return use;
}

const addUp = (uses: readonly DiskUse[]): DiskUse => ({
  bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
  inodes: uses.reduce((sum, { inodes }) => sum + inodes, 0),
});
