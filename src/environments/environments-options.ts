import type { PackageRuntime } from '../core/contract/runtimes.ts';
import type { BuildFailure } from './build-failure.ts';
import type { BuildLimits } from './limits.ts';
import type { EnvironmentStore } from './store.ts';
import type { Workshop } from './workshop.ts';

/** Settings of the environments, and the parts of the service that they need. */
export interface EnvironmentsOptions {
  readonly store: EnvironmentStore;
  /**
   * Opens the workshop for a runtime's packages; undefined when no jail can be made now. Rejects when this host lacks
   * its parts.
   */
  readonly workshop: (runtime: PackageRuntime) => Promise<Workshop | undefined>;
  /** Returns the version of the interpreter of scripts; undefined while no jail can be made. */
  readonly pythonVersion: () => string | undefined;
  /** Returns a test for modules that a runtime brings itself. */
  readonly isStandard: (runtime: PackageRuntime) => Promise<(module: string) => boolean>;
  readonly limits: BuildLimits;
  /** True when builds have the host's network. */
  readonly network: boolean;
  readonly sync: (folder: string) => Promise<void>;
  /** Modules that jails of the default environment import ahead; undefined for those of its build. */
  readonly preload?: readonly string[] | undefined;
  /** Seconds for which a tree without a name may still be mounted: the longest life of a jail. */
  readonly grace: number;
  /** Seconds without use after which an environment is removed; 0 keeps all. */
  readonly maxUnused: number;
  /** Seconds between two searches for unused environments. */
  readonly pruneInterval: number;
  readonly onFailure: (name: string, failure: BuildFailure) => void;
  /** Called when a build has ended, with `succeeded` or the reason of its failure. */
  readonly onBuildEnd?: ((result: string, ms: number) => void) | undefined;
  /** Called when the set of usable environments changed. */
  readonly onChange: () => void;
}
