import { DEFAULT_ENVIRONMENT } from '../core/contract/environment.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { mayManage, maySee, type Viewer } from '../core/contract/viewer.ts';
import type { EnvironmentsOptions } from './environments-options.ts';
import { narrowDirectory } from './visible-directory.ts';
import { refuseUnknown } from './resolve-name.ts';
import type { Inventory } from './inventory.ts';

/**
 * Removes a name, and its tree once no jail can have it mounted.
 * @throws Refusal `not_found`; `forbidden` when it belongs to another key or came with the installation.
 */
export async function removeEnvironment(inventory: Inventory, viewer: Viewer, name: string): Promise<void> {
  const { options, directory, builds } = inventory;
  await directory.refresh();
  const visible = narrowDirectory(directory, viewer).all();
  const stored = visible.find((one) => one.name === name);
  const owned = stored?.pointer ?? builds.latest(name);
  if (owned === undefined || !maySee(viewer, owned)) {
    const names = visible.map((one) => one.name);
    refuseUnknown(name, names);
  }
  if (!mayManage(viewer, owned)) throw refuseOthers(name);
  const wasThere = await options.store.removeName(name);
  await tidy(inventory);
  if (!wasThere && stored !== undefined) throw refuseInstalled(name);
  builds.forget(name);
}

/** Removes environments unused for `unusedSeconds`, as `EnvironmentView` says; returns their names. */
export async function pruneEnvironments(
  inventory: Inventory,
  viewer: Viewer,
  unusedSeconds: number,
  isMeant: (name: string) => boolean,
): Promise<string[]> {
  const { store } = inventory.options;
  const unused = (await store.readAll()).filter(
    ({ name, lastUsed, pointer }) =>
      name !== DEFAULT_ENVIRONMENT &&
      mayManage(viewer, pointer) &&
      isMeant(name) &&
      Date.now() - lastUsed.getTime() >= unusedSeconds * 1000,
  );
  const removed: string[] = [];
  for (const { name } of unused) if (await store.removeName(name)) removed.push(name);
  await tidy(inventory);
  return removed;
}

/** Removes trees that lost their name long enough ago. */
export const sweepTrees = ({ store, grace }: EnvironmentsOptions): Promise<void> => store.sweep(grace * 1000);

async function tidy({ options, directory }: Inventory): Promise<void> {
  await directory.refresh();
  await sweepTrees(options);
}

const refuseOthers = (name: string): Refusal =>
  new Refusal('forbidden', `The environment "${name}" is another's: its owner and the operator remove it.`);

const refuseInstalled = (name: string): Refusal =>
  new Refusal('forbidden', `The environment "${name}" came with this installation and stays.`);
