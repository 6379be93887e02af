import type { Limits } from '../core/limits.ts';
import type { Caller } from '../core/caller.ts';
import type { RuntimeName, RuntimeReport } from '../core/runtimes.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';
import type { Compiler } from './compiler.ts';

/** The runtimes beside Python, as the pipeline sees them. */
export interface RuntimeRegistry {
  /** @throws Refusal `invalid_input` where the operator does not offer it; Python is among those that may not be. */
  requireOffer(name: RuntimeName): void;
  /**
   * @throws Refusal `invalid_input` where it is not there; JailFailure where its jails cannot be made,
   *   or do not hold.
   */
  open(name: RuntimeName): Promise<OpenRuntime>;
  /** All that are offered, Python included, with the environments that a caller can use. */
  report(caller?: Caller): Promise<RuntimeReport[]>;
}

export interface OpenRuntime {
  readonly version: string;
  /** Where its scripts run. */
  readonly sandbox: Sandbox;
  /** The same, where no jail waits for what is asked of it. */
  readonly fresh: Sandbox;
  /** @param hasPackages whether its jail has those of an environment. */
  plan(limits: Limits, hasPackages?: boolean): Program;
  /** Makes the program that `plan` runs; undefined where the script is run as it is. */
  readonly compile?: Compiler | undefined;
}
