import type { Scope } from './keys.ts';
import type { RequestedLimits } from './limits.ts';
import type { EnvironmentQuota } from './viewer.ts';

/** What a compiler may use for a caller, where that is not what their own ceilings say. */
export type CompileCeilings = Pick<RequestedLimits, 'timeout' | 'memory_mb'>;

/** Whose request it is, and what holds for them beside what holds for everybody. */
export interface Caller {
  /** Requests of the same line wait in their order; lines take turns. Idempotency keys belong to a line, too. */
  readonly line: string;
  /** The name of the key that it came with; undefined where none is needed. */
  readonly key?: string | undefined;
  /** What its key may do; everything where none is needed. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Most executions of its line that run at once. */
  readonly share?: number | undefined;
  /** Told of the bytes of each outcome, which stay in memory until its caller has read them. */
  readonly owe?: ((bytes: number) => void) | undefined;
  /** Highest limits that its requests may ask for, where they are below the operator's. */
  readonly ceilings?: RequestedLimits | undefined;
  /** The same for a compiler that makes a program of its scripts; those above where nothing is said. */
  readonly compileCeilings?: CompileCeilings | undefined;
  /** How many environments it may have, where its key says so. */
  readonly environments?: EnvironmentQuota | undefined;
}
