import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CgroupUnavailable, type CgroupTree } from './cgroup.ts';
import { removeFolder, removeIfUnused } from './files.ts';
import type { CgroupMount } from './mounts.ts';
import { reuseLeaves } from './reuse-leaves.ts';
import { createV1Leaf, needed, type Folders } from './v1-leaf.ts';

const REMEDY =
  'Run the service as root, or give it its own folder below memory, pids, cpu and cpuacct (BRIG_CGROUP_PARENT), owned by its user.';

/** Returns the parent folder of jails in each hierarchy, shared by all services. */
export function locateV1(mounts: readonly CgroupMount[], parent: string | undefined): Folders {
  const entries = needed.map((controller) => {
    const mount = mounts.find(
      ({ version, controllers }) => version === 1 && controllers.includes(controller),
    );
    if (mount === undefined)
      throw new CgroupUnavailable(`The cgroup v1 controller "${controller}" is not mounted.`, REMEDY);
    const base = join(mount.point, parent ?? mount.own);
    // A misspelt parent would be created silently, without its operator's limits.
    if (!existsSync(base)) throw new CgroupUnavailable('The cgroup does not exist.', REMEDY, base);
    return [controller, join(base, 'brig')];
  });
  return Object.fromEntries(entries) as Folders;
}

/** Returns the parent folder of jails that can be frozen; undefined where no freezer is mounted. */
export function locateFreezer(
  mounts: readonly CgroupMount[],
  parent: string | undefined,
): string | undefined {
  const mount = mounts.find(({ version, controllers }) => version === 1 && controllers.includes('freezer'));
  const base = mount && join(mount.point, parent ?? mount.own);
  return base !== undefined && existsSync(base) ? join(base, 'brig') : undefined;
}

/** @throws CgroupUnavailable when the folders cannot be made. */
export function createV1Tree(parents: Folders, name: string, freezerParent: string | undefined): CgroupTree {
  const folders = Object.fromEntries(
    needed.map((controller) => [controller, join(parents[controller], name)]),
  ) as Folders;
  const make = (): void => {
    for (const folder of new Set(Object.values(folders))) mkdirSync(folder, { recursive: true });
  };
  try {
    make();
  } catch (error) {
    throw new CgroupUnavailable('No cgroup can be made.', REMEDY, (error as Error).message);
  }
  const freezer = makeFreezer(freezerParent, name);
  const leaves = reuseLeaves({
    make: (leaf, limits, freezes) => {
      // The sweep of another service may have removed the folders while they were empty.
      if (!existsSync(folders.memory)) make();
      return createV1Leaf(folders, leaf, limits, freezes ? freezer : undefined);
    },
  });
  return {
    version: 1,
    folders: [...new Set([...Object.values(folders), ...(freezer === undefined ? [] : [freezer])])],
    createLeaf: (leaf, limits, { freezes = false } = {}) => leaves.create(leaf, limits, freezes),
    close: async () => {
      await leaves.close();
      for (const folder of new Set(Object.values(folders))) await removeFolder(folder, () => undefined);
      if (freezer !== undefined) await removeFolder(freezer, () => undefined);
      if (freezerParent !== undefined) removeIfUnused(freezerParent);
      for (const parent of new Set(Object.values(parents))) removeIfUnused(parent);
    },
  };
}

/** Returns the service's own folder of the freezer; undefined where it cannot be made: sessions then are not frozen. */
function makeFreezer(parent: string | undefined, name: string): string | undefined {
  if (parent === undefined) return undefined;
  try {
    mkdirSync(join(parent, name), { recursive: true });
    return join(parent, name);
  } catch {
    return undefined;
  }
}
