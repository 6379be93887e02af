import type { BuildRequest } from '../core/contract/environment.ts';
import { answerImport, type ImportAnswer } from '../core/contract/import-answer.ts';
import { mayManage, type Viewer } from '../core/contract/viewer.ts';
import type { Build } from './builds.ts';
import { seeBuild, type SeenBuild } from './coming.ts';
import type { EnvironmentView } from './environment-view.ts';
import { findModule } from './find-module.ts';
import { listNames, nameOf, resolveName } from './resolve-name.ts';
import { narrowDirectory, type VisibleDirectory } from './visible-directory.ts';
import type { Inventory } from './inventory.ts';
import { getEnvironment, listEnvironments } from './list-environments.ts';
import { digestOrder, toFolderOrder, toOrder } from './orders.ts';
import { pruneEnvironments, removeEnvironment } from './remove-environments.ts';
import { startBuild } from './start-build.ts';

export function createView(inventory: Inventory, viewer: Viewer): EnvironmentView {
  const visible = narrowDirectory(inventory.directory, viewer);
  const see = (name: string): SeenBuild | undefined => seeBuild(inventory, viewer, name);
  return {
    runtimeOf: (name) => visible.runtimeOf(name),
    resolve: (name, runtime) => resolveName(visible, see, name, runtime),
    whenBuilt: (name, runtime) => whenBuilt(visible, see, nameOf(name, runtime)),
    whenEnded: (name) => endOf(see(name)),
    names: (runtime) => listNames(visible, runtime),
    findModule: (module, importer) => findModule(visible, module, importer),
    answerImport: (name, module) => answerImportIn(inventory, viewer, name, module),
    list: () => listEnvironments(inventory, viewer),
    get: (name) => getEnvironment(inventory, viewer, name),
    latestBuild: (name) => latestBuild(inventory, viewer, name),
    isCurrent: (request) => isCurrent(visible, request),
    build: (request) => startBuild(inventory, toOrder(request, viewer), viewer),
    importFolder: (order) => startBuild(inventory, toFolderOrder(order), viewer),
    remove: (name) => removeEnvironment(inventory, viewer, name),
    prune: (unusedSeconds, isMeant = () => true) =>
      pruneEnvironments(inventory, viewer, unusedSeconds, isMeant),
  };
}

async function answerImportIn(
  inventory: Inventory,
  viewer: Viewer,
  name: string,
  module: string,
): Promise<ImportAnswer> {
  const environment = await getEnvironment(inventory, viewer, name);
  return answerImport(environment, module, await inventory.options.isStandard(environment.runtime));
}

/** Waits for the first build of a name; undefined when the name can be used already, or nothing is being built. */
function whenBuilt(
  visible: VisibleDirectory,
  see: (name: string) => SeenBuild | undefined,
  name: string,
): Promise<void> | undefined {
  return visible.usable().some((one) => one.name === name) ? undefined : endOf(see(name));
}

const endOf = (seen: SeenBuild | undefined): Promise<void> | undefined =>
  seen?.isOpen === true ? seen.build.done.catch(() => undefined) : undefined;

/** Returns the latest build of a name that the viewer may manage. */
function latestBuild({ builds, claims }: Inventory, viewer: Viewer, name: string): Build | undefined {
  const build = builds.latest(name);
  const owned = claims.ownedAs(name) ?? build;
  return owned !== undefined && mayManage(viewer, owned) ? build : undefined;
}

function isCurrent(visible: VisibleDirectory, request: BuildRequest): boolean {
  const order = digestOrder(toOrder(request));
  return visible.usable().some(({ name, pointer }) => name === request.name && pointer.order === order);
}
