import { createHash } from 'node:crypto';
import {
  answerImport,
  DEFAULT_ENVIRONMENT,
  environmentNameSchema,
  PLAIN_ENVIRONMENT,
  type BuildRequest,
  type Environment,
  type ModuleHome,
} from '../core/environment.ts';
import { nearest } from '../core/nearest.ts';
import { Refusal } from '../core/refusal.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import { buildEnvironment, type BuildLimits, type BuildOrder, type Workshop } from './build-environment.ts';
import { BuildFailure } from './build-failure.ts';
import { createBuilds, type Build } from './builds.ts';
import { createDirectory, type Directory } from './directory.ts';
import { describeEnvironment, plainEnvironment } from './describe.ts';
import type { EnvironmentStore } from './store.ts';

export type { Build, BuildEvent } from './builds.ts';

export interface EnvironmentsOptions {
  readonly store: EnvironmentStore;
  /** Undefined where no jail can be made now. */
  readonly workshop: () => Workshop | undefined;
  readonly limits: BuildLimits;
  /** Whether builds have the host's network. */
  readonly network: boolean;
  readonly sync: (folder: string) => Promise<void>;
  /** Seconds after which an environment that nobody used is removed; 0 keeps all. */
  readonly maxUnused: number;
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

/** Package environments: build, use, list, remove. */
export interface Environments {
  /** @throws Refusal `not_found`. */
  resolve(name: string | undefined): ResolvedEnvironment;
  /** What `resolve` takes. */
  names(): string[];
  /** The environment that has a module. */
  findModule(module: string): ModuleHome | undefined;
  list(): Promise<Environment[]>;
  /** @throws Refusal `not_found`. */
  get(name: string): Promise<Environment>;
  latestBuild(name: string): Build | undefined;
  /** Whether a name was built from this very order, for today's interpreter. */
  isCurrent(request: BuildRequest): boolean;
  /** @throws Refusal `overloaded` where too many wait. */
  build(request: BuildRequest): Build;
  /** Makes one of a folder on this host. */
  importFolder(order: { name: string; folder: string; preload: string[] }): Build;
  /** @throws Refusal `not_found`; `forbidden` for one that came with the installation. */
  remove(name: string): Promise<void>;
  /** Removes environments that were not used for so many seconds, the default one excepted; gives their names. */
  prune(unusedSeconds: number): Promise<string[]>;
  close(): Promise<void>;
}

/** A tree that lost its name may still be mounted in jails, for as long as these live. */
const GRACE_MS = 20 * 60 * 1000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;

export async function openEnvironments(options: EnvironmentsOptions): Promise<Environments> {
  const { store } = options;
  const currentVersion = (): string | undefined => options.workshop()?.builder.runtimeVersion;
  const directory = await createDirectory(store, currentVersion, options.onChange);
  const builds = createBuilds(options.onFailure);

  const start = (order: BuildOrder): Build =>
    builds.start(order.name, JSON.stringify(order), async (onLine, signal) => {
      const workshop = options.workshop();
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

  const prune = async (unusedSeconds: number): Promise<string[]> => {
    const unused = (await store.readAll()).filter(
      ({ name, lastUsed }) =>
        name !== DEFAULT_ENVIRONMENT && Date.now() - lastUsed.getTime() >= unusedSeconds * 1000,
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
  }, PRUNE_EVERY_MS).unref();

  const describeAll = async (): Promise<Environment[]> => {
    await directory.refresh();
    const version = currentVersion();
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

  return {
    resolve: (name) => resolve(directory, name),
    names: () => listNames(directory),
    findModule: (module) => findModule(directory, module),
    list: describeAll,
    get: async (name) => {
      const all = await describeAll();
      return (
        all.find((one) => one.name === name) ??
        refuseUnknown(
          name,
          all.map((one) => one.name),
        )
      );
    },
    latestBuild: (name) => builds.latest(name),
    isCurrent: (request) =>
      directory
        .usable()
        .some(
          ({ name, pointer }) => name === request.name && pointer.order === digestOrder(toOrder(request)),
        ),
    build: (request) => start(toOrder(request)),
    importFolder: (order) => {
      const name = environmentNameSchema.safeParse(order.name);
      if (!name.success || order.name === PLAIN_ENVIRONMENT) {
        throw new Refusal('invalid_input', `"${order.name}" cannot be the name of an environment.`);
      }
      return start(order);
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
  preload: request.preload,
  request,
});

/** The address of an order: the same one gives the same. */
export const digestOrder = (order: BuildOrder): string =>
  createHash('sha256').update(JSON.stringify(order)).digest('hex');

function resolve(directory: Directory, name: string = DEFAULT_ENVIRONMENT): ResolvedEnvironment {
  if (name === PLAIN_ENVIRONMENT) return { name, environment: undefined };
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

const listNames = (directory: Directory): string[] => [
  ...new Set([DEFAULT_ENVIRONMENT, PLAIN_ENVIRONMENT, ...directory.usable().map(({ name }) => name)]),
];

function refuseUnknown(name: string, known: readonly string[]): never {
  const [like] = nearest(name, known, 1);
  throw new Refusal(
    'not_found',
    `There is no environment "${name}"${like === undefined ? '.' : `; did you mean "${like}"?`}`,
    { suggestions: [`Environments here: ${[...new Set(known)].slice(0, 50).join(', ')}.`] },
  );
}

function findModule(directory: Directory, module: string): ModuleHome | undefined {
  for (const { name, manifest } of directory.usable()) {
    const { available, package: owner, version } = answerImport(manifest, module);
    if (available && owner !== null) return { environment: name, package: owner, version: version ?? '' };
  }
  return undefined;
}
