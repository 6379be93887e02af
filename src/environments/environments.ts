import {
  DEFAULT_ENVIRONMENT,
  environmentNameSchema,
  PLAIN_ENVIRONMENT,
  type Environment,
} from '../core/environment.ts';
import { answerImport } from '../core/import-answer.ts';
import { Refusal } from '../core/refusal.ts';
import type { PackageRuntime } from '../core/runtimes.ts';
import { mayManage, maySee, operator, type Viewer } from '../core/viewer.ts';
import { buildEnvironment, type BuildOrder } from './build-environment.ts';
import { BuildFailure } from './build-failure.ts';
import { createBuilds, type Build } from './builds.ts';
import { createClaims } from './claims.ts';
import { createDirectory } from './directory.ts';
import { describeEnvironment, plainEnvironment } from './describe.ts';
import type { Environments, EnvironmentsOptions, EnvironmentView } from './environment-view.ts';
import { findModule, listNames, narrowDirectory, refuseUnknown, resolve } from './find.ts';
import { digestOrder, toOrder } from './orders.ts';
import type { Workshop } from './workshop.ts';

export type { Build, BuildEvent } from './builds.ts';
export type { Environments, EnvironmentView } from './environment-view.ts';
export type { ResolvedEnvironment } from './find.ts';

export async function openEnvironments(options: EnvironmentsOptions): Promise<Environments> {
  const { store } = options;
  const directory = await createDirectory(store, options.pythonVersion, options.onChange, options.preload);
  const builds = createBuilds(options.onFailure);
  const { ownedAs, requireName } = createClaims(directory, builds, options.limits);

  const openWorkshop = async (runtime: PackageRuntime): Promise<Workshop | undefined> => {
    try {
      return await options.workshop(runtime);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new BuildFailure(
        'sandbox_unavailable',
        [error.message, ...error.suggestions.slice(0, 1)].join(' '),
      );
    }
  };

  const start = (order: BuildOrder, viewer: Viewer): Build => {
    requireName(order.name, viewer);
    return builds.start(order, JSON.stringify({ ...order, quota: undefined }), async (onLine, signal) => {
      const workshop = await openWorkshop(order.runtime);
      if (workshop === undefined) throw new BuildFailure('sandbox_unavailable', 'No jail can be made now.');
      const manifest = await buildEnvironment(order, { ...options, ...workshop, onLine, signal });
      // Another process may have taken the name meanwhile.
      await directory.refresh();
      requireName(order.name, viewer);
      const { name, preload, owner, shared } = order;
      const rights = owner === undefined ? {} : { owner, shared };
      const created_at = new Date().toISOString();
      await store.point(name, { id: manifest.id, preload, order: digestOrder(order), created_at, ...rights });
      await directory.refresh();
    });
  };

  const tidy = async (): Promise<void> => {
    await directory.refresh();
    await store.sweep(options.grace * 1000);
  };

  const prune = async (
    viewer: Viewer,
    unusedSeconds: number,
    isMeant: (name: string) => boolean,
  ): Promise<string[]> => {
    const unused = (await store.readAll()).filter(
      ({ name, lastUsed, pointer }) =>
        name !== DEFAULT_ENVIRONMENT &&
        mayManage(viewer, pointer) &&
        isMeant(name) &&
        Date.now() - lastUsed.getTime() >= unusedSeconds * 1000,
    );
    const removed: string[] = [];
    for (const { name } of unused) if (await store.removeName(name)) removed.push(name);
    await tidy();
    return removed;
  };

  const describeAll = async (viewer: Viewer): Promise<Environment[]> => {
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
  };

  const remove = async (viewer: Viewer, name: string): Promise<void> => {
    await directory.refresh();
    const visible = narrowDirectory(directory, viewer);
    const stored = visible.all().find((one) => one.name === name);
    const build = builds.latest(name);
    const owned = stored?.pointer ?? build;
    if (owned === undefined || !maySee(viewer, owned))
      refuseUnknown(
        name,
        visible.all().map((one) => one.name),
      );
    if (!mayManage(viewer, owned)) throw refuseOthers(name);
    const wasThere = await store.removeName(name);
    await tidy();
    if (!wasThere && stored !== undefined) {
      throw new Refusal('forbidden', `The environment "${name}" came with this installation and stays.`);
    }
    builds.forget(name);
  };

  await store.sweep(options.grace * 1000).catch(() => undefined);
  const timer = setInterval(() => {
    if (options.maxUnused > 0) prune(operator, options.maxUnused, () => true).catch(() => undefined);
  }, options.pruneInterval * 1000).unref();

  const as = (viewer: Viewer): EnvironmentView => {
    const visible = narrowDirectory(directory, viewer);
    const list = (): Promise<Environment[]> => describeAll(viewer);
    const get = async (name: string): Promise<Environment> => {
      const all = await list();
      const names = all.map((one) => one.name);
      return all.find((one) => one.name === name) ?? refuseUnknown(name, names);
    };
    return {
      runtimeOf: (name) => visible.runtimeOf(name),
      resolve: (name, runtime) => resolve(visible, name, runtime),
      names: (runtime) => listNames(visible, runtime),
      findModule: (module, importer) => findModule(visible, module, importer),
      answerImport: async (name, module) => {
        const environment = await get(name);
        return answerImport(environment, module, await options.isStandard(environment.runtime));
      },
      list,
      get,
      latestBuild: (name) => {
        const build = builds.latest(name);
        const owned = ownedAs(name) ?? build;
        return owned !== undefined && mayManage(viewer, owned) ? build : undefined;
      },
      isCurrent: (request) =>
        visible
          .usable()
          .some(
            ({ name, pointer }) => name === request.name && pointer.order === digestOrder(toOrder(request)),
          ),
      build: (request) => start(toOrder(request, viewer), viewer),
      importFolder: (order) => {
        const { name, runtime = 'python' } = order;
        const isTaken = name === PLAIN_ENVIRONMENT || (name === DEFAULT_ENVIRONMENT && runtime !== 'python');
        if (isTaken || !environmentNameSchema.safeParse(name).success) {
          throw new Refusal(
            'invalid_input',
            `"${name}" cannot be the name of an environment for ${runtime}.`,
          );
        }
        return start({ ...order, runtime }, viewer);
      },
      remove: (name) => remove(viewer, name),
      prune: (unusedSeconds, isMeant = () => true) => prune(viewer, unusedSeconds, isMeant),
    };
  };

  return {
    ...as(operator),
    as,
    close: async () => {
      clearInterval(timer);
      directory.close();
      await builds.close();
    },
  };
}

const refuseOthers = (name: string): Refusal =>
  new Refusal('forbidden', `The environment "${name}" is another's: its owner and the operator remove it.`);
