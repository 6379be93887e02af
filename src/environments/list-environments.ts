import type { Environment } from '../core/contract/environment.ts';
import { maySee, type Viewer } from '../core/contract/viewer.ts';
import { describeEnvironment, plainEnvironment } from './describe.ts';
import { refuseUnknown } from './resolve-name.ts';
import type { Inventory } from './inventory.ts';

/** Lists the environments that a viewer may see, also those that are only being built. */
export async function listEnvironments(
  { options, directory, builds }: Inventory,
  viewer: Viewer,
): Promise<Environment[]> {
  await directory.refresh();
  const version = options.pythonVersion();
  const all = directory.all();
  const stored = all.filter(({ pointer }) => maySee(viewer, pointer));
  const names = new Set(all.map(({ name }) => name));
  const coming = builds.all().filter((build) => !names.has(build.name) && maySee(viewer, build));
  return [
    ...stored.map((one) => describeEnvironment(one, builds.latest(one.name), version, viewer)),
    ...coming.map((build) => describeEnvironment({ name: build.name }, build, version, viewer)),
    plainEnvironment(version),
  ];
}

/** @throws Refusal `not_found`. */
export async function getEnvironment(
  inventory: Inventory,
  viewer: Viewer,
  name: string,
): Promise<Environment> {
  const all = await listEnvironments(inventory, viewer);
  const names = all.map((one) => one.name);
  return all.find((one) => one.name === name) ?? refuseUnknown(name, names);
}
