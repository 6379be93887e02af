import { createHash } from 'node:crypto';
import {
  DEFAULT_ENVIRONMENT,
  environmentNameSchema,
  PLAIN_ENVIRONMENT,
  type BuildRequest,
  type Environment,
} from '../core/environment.ts';
import { answerImport, type ImportAnswer, type ModuleHome } from '../core/import-answer.ts';
import { nearest } from '../core/nearest.ts';
import { Refusal } from '../core/refusal.ts';
import {
  hasPackageEnvironments,
  sharesPackages,
  type PackageRuntime,
  type RuntimeName,
} from '../core/runtimes.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import { buildEnvironment, type BuildLimits, type BuildOrder } from './build-environment.ts';
import { BuildFailure } from './build-failure.ts';
import { createBuilds, type Build } from './builds.ts';
import { createDirectory, type Directory } from './directory.ts';
import { describeEnvironment, plainEnvironment } from './describe.ts';
import type { EnvironmentStore } from './store.ts';
import type { Workshop } from './workshop.ts';

export type { Build, BuildEvent } from './builds.ts';

export interface EnvironmentsOptions {
  readonly store: EnvironmentStore;
  /** For the packages of a runtime; undefined where no jail can be made now. Rejects where this host lacks its parts. */
  readonly workshop: (runtime: PackageRuntime) => Promise<Workshop | undefined>;
  /** Of the interpreter that scripts run in; undefined while no jail can be made. */
  readonly pythonVersion: () => string | undefined;
  /** Whether a runtime brings a module itself. */
  readonly isStandard: (runtime: PackageRuntime) => Promise<(module: string) => boolean>;
  readonly limits: BuildLimits;
  /** Whether builds have the host's network. */
  readonly network: boolean;
  readonly sync: (folder: string) => Promise<void>;
  /** Modules that jails of the default environment import ahead; those it was built with where it is left out. */
  readonly preload?: readonly string[] | undefined;
  /** Seconds after which an environment that nobody used is removed; 0 keeps all. */
  readonly maxUnused: number;
  /** Seconds between two looks for those. */
  readonly pruneInterval: number;
  readonly onFailure: (name: string, failure: BuildFailure) => void;
  /** The environments that can be used are others now. */
  readonly onChange: () => void;
}

/** What scripts of one environment run in. */
export interface ResolvedEnvironment {
  readonly name: string;
  /** Nothing but the standard library where it is undefined. */
  readonly environment: JailEnvironment | undefined;
}

export interface FolderOrder {
  readonly name: string;
  readonly runtime?: PackageRuntime | undefined;
  readonly folder: string;
  readonly preload: string[];
}

/** Package environments: build, use, list, remove. */
export interface Environments {
  /**
   * Without a name it is the default one for Python, and none for the others.
   * @throws Refusal `not_found`; `invalid_input` where its packages are for other runtimes.
   */
  resolve(name: string | undefined, runtime: PackageRuntime): ResolvedEnvironment;
  /** What the packages of a name are for; undefined where there is no such environment. */
  runtimeOf(name: string): PackageRuntime | undefined;
  /** What `resolve` takes. */
  names(runtime: PackageRuntime): string[];
  /** The environment that has a module for scripts of a runtime. */
  findModule(module: string, runtime: RuntimeName): ModuleHome | undefined;
  /** Whether scripts can import a module in an environment. @throws Refusal `not_found`. */
  answerImport(name: string, module: string): Promise<ImportAnswer>;
  list(): Promise<Environment[]>;
  /** @throws Refusal `not_found`. */
  get(name: string): Promise<Environment>;
  latestBuild(name: string): Build | undefined;
  /** Whether a name was built from this very order, for today's interpreter. */
  isCurrent(request: BuildRequest): boolean;
  /** @throws Refusal `overloaded` where too many wait. */
  build(request: BuildRequest): Build;
  /** Makes one of a folder on this host; for Python where no runtime is said. */
  importFolder(order: FolderOrder): Build;
  /** @throws Refusal `not_found`; `forbidden` for one that came with the installation. */
  remove(name: string): Promise<void>;
  /** Removes environments that were not used for so many seconds, the default one excepted, of all names or of some; gives their names. */
  prune(unusedSeconds: number, isMeant?: (name: string) => boolean): Promise<string[]>;
  close(): Promise<void>;
}

/** A tree that lost its name may still be mounted in jails, for as long as these live. */
const GRACE_MS = 20 * 60 * 1000;

export async function openEnvironments(options: EnvironmentsOptions): Promise<Environments> {
  const { store } = options;
  const directory = await createDirectory(store, options.pythonVersion, options.onChange, options.preload);
  const builds = createBuilds(options.onFailure);

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

  const start = (order: BuildOrder): Build =>
    builds.start(order, JSON.stringify(order), async (onLine, signal) => {
      const workshop = await openWorkshop(order.runtime);
      if (workshop === undefined) throw new BuildFailure('sandbox_unavailable', 'No jail can be made now.');
      const manifest = await buildEnvironment(order, { ...options, ...workshop, onLine, signal });
      const created_at = new Date().toISOString();
      const pointer = { id: manifest.id, preload: order.preload, order: digestOrder(order), created_at };
      await store.point(order.name, pointer);
      await directory.refresh();
    });

  const removeName = async (name: string): Promise<boolean> => {
    const removed = await store.removeName(name);
    await directory.refresh();
    await store.sweep(GRACE_MS);
    return removed;
  };

  const prune: Environments['prune'] = async (unusedSeconds, isMeant = () => true) => {
    const unused = (await store.readAll()).filter(
      ({ name, lastUsed }) =>
        name !== DEFAULT_ENVIRONMENT &&
        isMeant(name) &&
        Date.now() - lastUsed.getTime() >= unusedSeconds * 1000,
    );
    const removed: string[] = [];
    for (const { name } of unused) if (await store.removeName(name)) removed.push(name);
    await directory.refresh();
    await store.sweep(GRACE_MS);
    return removed;
  };

  await store.sweep(GRACE_MS).catch(() => undefined);
  const timer = setInterval(() => {
    if (options.maxUnused > 0) prune(options.maxUnused).catch(() => undefined);
  }, options.pruneInterval * 1000).unref();

  const describeAll = async (): Promise<Environment[]> => {
    await directory.refresh();
    const version = options.pythonVersion();
    const ready = directory
      .all()
      .map((stored) => describeEnvironment(stored, builds.latest(stored.name), version));
    const names = new Set(ready.map(({ name }) => name));
    const coming = builds.names().filter((name) => !names.has(name));
    return [
      ...ready,
      ...coming.map((name) => describeEnvironment({ name }, builds.latest(name), version)),
      plainEnvironment(version),
    ];
  };

  const get = async (name: string): Promise<Environment> => {
    const all = await describeAll();
    const names = all.map((one) => one.name);
    return all.find((one) => one.name === name) ?? refuseUnknown(name, names);
  };

  return {
    runtimeOf: (name) => directory.runtimeOf(name),
    resolve: (name, runtime) => resolve(directory, name, runtime),
    names: (runtime) => listNames(directory, runtime),
    findModule: (module, runtime) => findModule(directory, module, runtime),
    answerImport: async (name, module) => {
      const environment = await get(name);
      return answerImport(environment, module, await options.isStandard(environment.runtime));
    },
    list: describeAll,
    get,
    latestBuild: (name) => builds.latest(name),
    isCurrent: (request) =>
      directory
        .usable()
        .some(
          ({ name, pointer }) => name === request.name && pointer.order === digestOrder(toOrder(request)),
        ),
    build: (request) => start(toOrder(request)),
    importFolder: (order) => {
      const { name, runtime = 'python' } = order;
      const isTaken = name === PLAIN_ENVIRONMENT || (name === DEFAULT_ENVIRONMENT && runtime !== 'python');
      if (isTaken || !environmentNameSchema.safeParse(name).success) {
        throw new Refusal('invalid_input', `"${name}" cannot be the name of an environment for ${runtime}.`);
      }
      return start({ ...order, runtime });
    },
    remove: async (name) => {
      const wasThere = await removeName(name);
      const wasBuilt = builds.latest(name) !== undefined;
      if (!wasThere && directory.all().some((one) => one.name === name)) {
        throw new Refusal('forbidden', `The environment "${name}" came with this installation and stays.`);
      }
      builds.forget(name);
      if (!wasThere && !wasBuilt)
        refuseUnknown(
          name,
          directory.all().map((one) => one.name),
        );
    },
    prune,
    close: async () => {
      clearInterval(timer);
      directory.close();
      await builds.close();
    },
  };
}

/** A request as the builds know it. */
export const toOrder = (request: BuildRequest): BuildOrder => ({
  name: request.name,
  runtime: request.runtime,
  preload: request.preload,
  request,
});

/** The address of an order: the same one gives the same. */
export const digestOrder = (order: BuildOrder): string =>
  createHash('sha256').update(JSON.stringify(order)).digest('hex');

function resolve(
  directory: Directory,
  wanted: string | undefined,
  runtime: PackageRuntime,
): ResolvedEnvironment {
  const name = wanted ?? (runtime === 'python' ? DEFAULT_ENVIRONMENT : PLAIN_ENVIRONMENT);
  if (name === PLAIN_ENVIRONMENT) return { name, environment: undefined };
  const other = directory.runtimeOf(name) ?? (name === DEFAULT_ENVIRONMENT ? 'python' : runtime);
  if (!sharesPackages(other, runtime)) refuseOther(directory, name, other, runtime);
  const environment = directory.use(name);
  if (environment !== undefined) return { name, environment };
  if (name === DEFAULT_ENVIRONMENT) return { name, environment: undefined };
  if (directory.isOutdated(name)) {
    throw new Refusal('not_found', `The environment "${name}" was built for another interpreter.`, {
      suggestions: ['Build it again.'],
    });
  }
  return refuseUnknown(name, [
    PLAIN_ENVIRONMENT,
    DEFAULT_ENVIRONMENT,
    ...directory.all().map((one) => one.name),
  ]);
}

const usableFor = (directory: Directory, runtime: PackageRuntime) =>
  directory.usable().filter(({ manifest }) => sharesPackages(manifest.runtime, runtime));

const listNames = (directory: Directory, runtime: PackageRuntime): string[] => [
  ...new Set([
    ...(runtime === 'python' ? [DEFAULT_ENVIRONMENT] : []),
    PLAIN_ENVIRONMENT,
    ...usableFor(directory, runtime).map(({ name }) => name),
  ]),
];

function refuseOther(
  directory: Directory,
  name: string,
  built: PackageRuntime,
  runtime: PackageRuntime,
): never {
  const fitting = listNames(directory, runtime).slice(0, 50).join(', ');
  throw new Refusal(
    'invalid_input',
    `The environment "${name}" holds packages for ${built}: scripts of runtime "${runtime}" cannot use them.`,
    { suggestions: [`Environments for ${runtime} here: ${fitting}.`] },
  );
}

function refuseUnknown(name: string, known: readonly string[]): never {
  const [like] = nearest(name, known, 1);
  throw new Refusal(
    'not_found',
    `There is no environment "${name}"${like === undefined ? '.' : `; did you mean "${like}"?`}`,
    { suggestions: [`Environments here: ${[...new Set(known)].slice(0, 50).join(', ')}.`] },
  );
}

function findModule(directory: Directory, module: string, runtime: RuntimeName): ModuleHome | undefined {
  if (!hasPackageEnvironments(runtime)) return undefined;
  for (const { name, manifest } of usableFor(directory, runtime)) {
    const { available, package: owner, version } = answerImport(manifest, module);
    if (available && owner !== null) return { environment: name, package: owner, version: version ?? '' };
  }
  return undefined;
}
