import type { BuildRequest, Environment } from '../core/contract/environment.ts';
import type { ImportAnswer, ModuleHome } from '../core/contract/import-answer.ts';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import type { Viewer } from '../core/contract/viewer.ts';
import type { Build } from './builds.ts';
import type { Importer } from './find-module.ts';
import type { ResolvedEnvironment } from './resolve-name.ts';

/** Build from a folder that the operator has already. */
export interface FolderOrder {
  readonly name: string;
  readonly runtime?: PackageRuntime | undefined;
  readonly folder: string;
  readonly preload: string[];
}

/** Package environments of one viewer: build, use, list, remove. Hides those that the viewer may not see. */
export interface EnvironmentView {
  /**
   * Resolves a name; without one, returns the default environment for Python and none for other runtimes.
   * @throws Refusal `not_found`; `invalid_input` when its packages are for another runtime; `overloaded` during its
   * first build, unless it is the default environment.
   */
  resolve(name: string | undefined, runtime: PackageRuntime): ResolvedEnvironment;
  /**
   * Resolves when the first build of a name has ended, in whatever way; never rejects. Undefined when there is nothing
   * to wait for.
   */
  whenBuilt(name: string | undefined, runtime: PackageRuntime): Promise<void> | undefined;
  /** The same for the build of a name that is under way, whether or not the name can be used meanwhile. */
  whenEnded(name: string): Promise<void> | undefined;
  /** Returns the runtime that the packages of a name are for; undefined when there is no such environment. */
  runtimeOf(name: string): PackageRuntime | undefined;
  /** Returns the names that `resolve` accepts. */
  names(runtime: PackageRuntime): string[];
  /** Returns the environment that has a module for scripts of a runtime; prefers the one they run in. */
  findModule(module: string, importer: Importer): ModuleHome | undefined;
  /** Tells whether scripts can import a module in an environment. @throws Refusal `not_found`. */
  answerImport(name: string, module: string): Promise<ImportAnswer>;
  list(): Promise<Environment[]>;
  /** @throws Refusal `not_found`. */
  get(name: string): Promise<Environment>;
  latestBuild(name: string): Build | undefined;
  /** True when a name was built from this very order, for the present interpreter. */
  isCurrent(request: BuildRequest): boolean;
  /**
   * Queues a build. @throws Refusal `overloaded` when too many wait; `forbidden` when the name belongs to another
   * key, or the owner has reached its quota.
   */
  build(request: BuildRequest): Build;
  /** Builds an environment from a folder on this host; for Python unless the order names a runtime. */
  importFolder(order: FolderOrder): Build;
  /**
   * Removes an environment. @throws Refusal `not_found`; `forbidden` when it belongs to another key or came with the
   * installation.
   */
  remove(name: string): Promise<void>;
  /**
   * Removes environments unused for `unusedSeconds`, except the default one and those the viewer may not manage;
   * returns their names. @param isMeant restricts it to some names.
   */
  prune(unusedSeconds: number, isMeant?: (name: string) => boolean): Promise<string[]>;
}

/** View of the operator, and source of the views of others. */
export interface Environments extends EnvironmentView {
  as(viewer: Viewer): EnvironmentView;
  close(): Promise<void>;
}
