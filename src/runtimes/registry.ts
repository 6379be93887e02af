import type { Limits } from '../core/contract/limits.ts';
import type { Caller } from '../core/contract/caller.ts';
import type { Readiness, RuntimeName, RuntimeReport } from '../core/contract/runtimes.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';
import type { Compiler } from './compiler.ts';

/** The runtimes as the pipeline sees them. */
export interface RuntimeRegistry {
  /**
   * @throws Refusal `invalid_input` when the operator does not offer the runtime, which can happen to Python too.
   */
  requireOffer(name: RuntimeName): void;
  /**
   * Opens a runtime besides Python.
   * @throws Refusal `invalid_input` when it is missing; JailFailure when its jails cannot be made or do not hold.
   */
  open(name: RuntimeName): Promise<OpenRuntime>;
  /** Returns how far each offered runtime is. */
  readiness(): Partial<Record<RuntimeName, Readiness>>;
  /**
   * Makes all offered runtimes ready, one after the other, so that no script waits for its first use. Resolves when
   * each was tried; a failure is in `readiness` and in the log, and never rejects.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** Describes all offered runtimes, Python included, with the environments that a caller can use. */
  report(caller?: Caller): Promise<RuntimeReport[]>;
}

export interface OpenRuntime {
  readonly version: string;
  /** Runs its scripts; may hand out warm jails. */
  readonly sandbox: Sandbox;
  /** The same sandbox without warm jails. */
  readonly fresh: Sandbox;
  /** @param hasPackages true when its jail has the packages of an environment. */
  plan(limits: Limits, hasPackages?: boolean): Program;
  /** Compiles the program that `plan` runs; undefined for runtimes without a compiler. */
  readonly compile?: Compiler | undefined;
}
