import type { Isolation } from './isolation.ts';
import type { Scope } from './keys.ts';
import type { RequestedLimits } from './limits.ts';
import type { NetworkEntry } from './network/entry.ts';
import type { EnvironmentQuota } from './viewer.ts';

/** Limits of a compiler for a caller, where they differ from the caller's own ceilings. */
export type CompileCeilings = Pick<RequestedLimits, 'timeout' | 'memory_mb'>;

/** Caller of a request, with the rights and bounds of its key. */
export interface Caller {
  /**
   * Key of its queue: requests of the same queue wait in order, and queues take turns. Idempotency keys belong to a
   * queue, too.
   */
  readonly queueKey: string;
  /** Name of its key; undefined when no key is needed. */
  readonly key?: string | undefined;
  /** Scopes of its key; undefined for all, when no key is needed. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Maximum number of executions of its queue at once. */
  readonly share?: number | undefined;
  /** Called with the bytes of each outcome, which stay in memory until its caller has read them. */
  readonly owe?: ((bytes: number) => void) | undefined;
  /** Highest limits that its requests may ask for, if below the operator's. */
  readonly ceilings?: RequestedLimits | undefined;
  /** The same for the compiler of its scripts; undefined for `ceilings`. */
  readonly compileCeilings?: CompileCeilings | undefined;
  /** Weakest way in which the jails of its requests may be made. */
  readonly isolation?: Isolation | undefined;
  /** Hosts that its scripts may reach at most; undefined for all that the operator allows. */
  readonly network?: readonly NetworkEntry[] | undefined;
  /** Quota of environments, if its key has one. */
  readonly environments?: EnvironmentQuota | undefined;
}
