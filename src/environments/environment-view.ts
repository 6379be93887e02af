import type { BuildRequest, Environment } from '../core/environment.ts';
import type { ImportAnswer, ModuleHome } from '../core/import-answer.ts';
import type { PackageRuntime } from '../core/runtimes.ts';
import type { Viewer } from '../core/viewer.ts';
import type { BuildFailure } from './build-failure.ts';
import type { Build } from './builds.ts';
import type { Importer, ResolvedEnvironment } from './find.ts';
import type { BuildLimits } from './limits.ts';
import type { EnvironmentStore } from './store.ts';
import type { Workshop } from './workshop.ts';

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
  /** Seconds for which a tree that lost its name may still be mounted in jails: as long as these can live. */
  readonly grace: number;
  /** Seconds after which an environment that nobody used is removed; 0 keeps all. */
  readonly maxUnused: number;
  /** Seconds between two looks for those. */
  readonly pruneInterval: number;
  readonly onFailure: (name: string, failure: BuildFailure) => void;
  /** The environments that can be used are others now. */
  readonly onChange: () => void;
}

export interface FolderOrder {
  readonly name: string;
  readonly runtime?: PackageRuntime | undefined;
  readonly folder: string;
  readonly preload: string[];
}

/** Package environments as one viewer has them: build, use, list, remove. What they may not see is not there for them. */
export interface EnvironmentView {
  /**
   * Without a name it is the default one for Python, and none for the others.
   * @throws Refusal `not_found`; `invalid_input` where its packages are for other runtimes.
   */
  resolve(name: string | undefined, runtime: PackageRuntime): ResolvedEnvironment;
  /** What the packages of a name are for; undefined where there is no such environment. */
  runtimeOf(name: string): PackageRuntime | undefined;
  /** What `resolve` takes. */
  names(runtime: PackageRuntime): string[];
  /** The environment that has a module for scripts of a runtime: the one they run in, where it does. */
  findModule(module: string, importer: Importer): ModuleHome | undefined;
  /** Whether scripts can import a module in an environment. @throws Refusal `not_found`. */
  answerImport(name: string, module: string): Promise<ImportAnswer>;
  list(): Promise<Environment[]>;
  /** @throws Refusal `not_found`. */
  get(name: string): Promise<Environment>;
  latestBuild(name: string): Build | undefined;
  /** Whether a name was built from this very order, for today's interpreter. */
  isCurrent(request: BuildRequest): boolean;
  /** @throws Refusal `overloaded` where too many wait; `forbidden` where the name is another's, or the owner has enough. */
  build(request: BuildRequest): Build;
  /** Makes one of a folder on this host; for Python where no runtime is said. */
  importFolder(order: FolderOrder): Build;
  /** @throws Refusal `not_found`; `forbidden` for another's, and for one that came with the installation. */
  remove(name: string): Promise<void>;
  /** Removes those that may be removed and were not used for so many seconds, the default one excepted, of all names or of some; gives their names. */
  prune(unusedSeconds: number, isMeant?: (name: string) => boolean): Promise<string[]>;
}

/** The operator's view, and that of anybody else. */
export interface Environments extends EnvironmentView {
  as(viewer: Viewer): EnvironmentView;
  close(): Promise<void>;
}
