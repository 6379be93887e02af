import { createBuilds, type Builds } from './builds.ts';
import { createClaims, type Claims } from './claims.ts';
import { createDirectory, type Directory } from './directory.ts';
import type { EnvironmentsOptions } from './environments-options.ts';

/** State that the views of all viewers share. */
export interface Inventory {
  readonly options: EnvironmentsOptions;
  readonly directory: Directory;
  readonly builds: Builds;
  readonly claims: Claims;
}

export async function openInventory(options: EnvironmentsOptions): Promise<Inventory> {
  const { store, pythonVersion, onChange, preload } = options;
  const directory = await createDirectory(store, pythonVersion, onChange, preload);
  const builds = createBuilds(options.onFailure, options.onBuildEnd);
  return { options, directory, builds, claims: createClaims(directory, builds, options.limits) };
}
