import { operator } from '../core/contract/viewer.ts';
import { createView } from './create-view.ts';
import type { Environments } from './environment-view.ts';
import type { EnvironmentsOptions } from './environments-options.ts';
import { openInventory } from './inventory.ts';
import { pruneEnvironments, sweepTrees } from './remove-environments.ts';

export type { Build, BuildEvent } from './builds.ts';
export type { Environments, EnvironmentView } from './environment-view.ts';
export type { ResolvedEnvironment } from './resolve-name.ts';

export async function openEnvironments(options: EnvironmentsOptions): Promise<Environments> {
  const inventory = await openInventory(options);
  await sweepTrees(options).catch(() => undefined);
  const timer = setInterval(() => {
    if (options.maxUnused > 0)
      pruneEnvironments(inventory, operator, options.maxUnused, () => true).catch(() => undefined);
  }, options.pruneInterval * 1000).unref();

  return {
    ...createView(inventory, operator),
    as: (viewer) => createView(inventory, viewer),
    close: async () => {
      clearInterval(timer);
      inventory.directory.close();
      await inventory.builds.close();
    },
  };
}
