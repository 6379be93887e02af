import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { judgeOwner, ownName } from '../../owner.ts';
import type { CgroupTree } from './cgroup.ts';
import { killProcesses, readProcesses, readText, removeFolder, write } from './files.ts';
import { parseCgroupMounts } from './mounts.ts';
import { createV1Tree, locateFreezer, locateV1 } from './v1.ts';
import { createV2Tree, locateV2 } from './v2.ts';

/** Age in milliseconds at which an empty folder of an invisible pid namespace counts as abandoned. */
const ABANDONED_MS = 60 * 60 * 1000;
/** Count of services in this process; each has a folder of its own. */
let trees = 0;

/**
 * Finds the cgroups that this service may use, sweeps the remains of dead services, and makes the service's own
 * folder. Uses v1 when the memory controller is mounted as v1 (a hybrid host has it only there), else v2.
 *
 * @param parent a delegated cgroup, relative to the mount; undefined for the service's own.
 * @throws CgroupUnavailable with what is missing and a remedy.
 */
export async function openCgroupTree(parent: string | undefined): Promise<CgroupTree> {
  const mounts = parseCgroupMounts(readText('/proc/self/mountinfo'), readText('/proc/self/cgroup'));
  trees += 1;
  const name = `${ownName()}-${trees}`;
  if (mounts.some(({ version, controllers }) => version === 1 && controllers.includes('memory'))) {
    const parents = locateV1(mounts, parent);
    const freezer = locateFreezer(mounts, parent);
    // Before the others: nobody can end a frozen process.
    if (freezer !== undefined) await sweep(freezer);
    await Promise.all([...new Set(Object.values(parents))].map(sweep));
    return createV1Tree(parents, name, freezer);
  }
  const folder = locateV2(mounts, parent, process.getuid?.() === 0);
  await sweep(folder);
  return createV2Tree(folder, name);
}

/** Ends the remaining processes of dead services below `parent` and removes their folders. */
async function sweep(parent: string): Promise<void> {
  for (const name of listFolders(parent)) {
    const folder = join(parent, name);
    if (isLeftBehind(folder, name)) await removeTree(folder).catch(() => undefined);
  }
}

function isLeftBehind(folder: string, name: string): boolean {
  const state = judgeOwner(name);
  if (state !== 'elsewhere') return state === 'dead';
  const populated = [folder, ...listFolders(folder).map((leaf) => join(folder, leaf))].some(
    (one) => readProcesses(one).length > 0,
  );
  return !populated && Date.now() - statSync(folder).mtimeMs > ABANDONED_MS;
}

async function removeTree(folder: string): Promise<void> {
  for (const leaf of listFolders(folder)) {
    const path = join(folder, leaf);
    killFrozen(path);
    await removeFolder(path, () => killFrozen(path));
  }
  await removeFolder(folder, () => killProcesses(folder));
}

function killFrozen(folder: string): void {
  killProcesses(folder);
  const state = join(folder, 'freezer.state');
  if (existsSync(state)) write(state, 'THAWED');
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
