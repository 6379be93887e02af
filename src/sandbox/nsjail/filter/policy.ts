/** A fact about one argument of a system call, 64 bits wide: whether `argument & mask` is `value`. */
export interface Comparison {
  readonly kind: 'equal' | 'unequal';
  /** Place of the argument, 0 to 5. */
  readonly argument: number;
  readonly mask: bigint;
  readonly value: bigint;
}

export type Condition =
  | Comparison
  | { readonly kind: 'all' | 'any'; readonly of: readonly [Condition, ...Condition[]] };

/** Action of the kernel on a call: the value that a filter returns (linux/seccomp.h). */
export type Action = number;

export const ALLOW: Action = 0x7f_ff_00_00;
/** The call of another architecture: its numbers mean other calls. */
export const KILL_THREAD: Action = 0;

/** Errors above this one are none to the C library. */
const MAX_ERRNO = 4095;

/** The call is not made, and returns an error; with 0 it seems to succeed. */
export function refuseWith(errno: number): Action {
  if (!Number.isInteger(errno) || errno < 0 || errno > MAX_ERRNO)
    throw new RangeError(`There is no error ${errno}.`);
  return 0x5_00_00 + errno;
}

/** Action on one system call, where the condition holds. */
export interface Rule {
  /** Name of the kernel's function, as in `newuname`. */
  readonly call: string;
  readonly when: Condition | undefined;
  readonly action: Action;
}

/** The first rule of a call whose condition holds decides; `otherwise` is for calls of which none does. */
export interface Policy {
  readonly rules: readonly Rule[];
  readonly otherwise: Action;
}
