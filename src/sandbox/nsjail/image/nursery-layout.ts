/* Agreements between the nursery's program, the tables that it carries out, and nsjail/starter.py. */

/** Socket over which the starter sends tables, in the nursery alone: the report of a jail takes its place. */
export const CONTROL_FD = 4;
/** /dev/null of the host, for the output of a template. */
export const NOTHING_FD = 5;
/**
 * Descriptors that come with a table take the lowest free numbers: the three streams and the log of the jail are in
 * their places then, its report comes next, and after that the socket on which its keeper tells of its end.
 */
export const RECEIVED_REPORT_FD = 5;
export const LIFE_FD = 6;
/** First of the open files of the leaf; the number of them is the number of hierarchies. */
export const FIRST_LEAF_FD = 7;

/**
 * Page of the code in a template, at which nothing of an interpreter is: above the heap of one that lies where it was
 * linked to, and below all others.
 */
export const CODE_ADDRESS = 0x70_00_00_00;
export const PAGE_BYTES = 0x10_00;
/** Memory of the nursery: a page for itself, then the table as it came. */
export const SCRATCH_ADDRESS = CODE_ADDRESS + PAGE_BYTES;
export const TABLE_ADDRESS = SCRATCH_ADDRESS + PAGE_BYTES;
/** Most bytes of a table. */
export const TABLE_BYTES = 64 * 1024;
/** End of memory that a process may have on x86-64. */
export const MEMORY_END = 0x7f_ff_ff_ff_f0_00;

/** Bytes of one step: number of the call, six arguments, least and greatest right result, step after the result 0. */
export const STEP_BYTES = 80;
/** Bytes of what is written to the socket when a step fails: address of the step, result. */
export const FAILURE_BYTES = 16;
/** Exit status of a process whose step failed. */
export const FAILURE_STATUS = 126;

/**
 * Calls of a table that the kernel does not have, in a template: the interpreter is forked, the process goes on as the
 * interpreter that called the code, and it goes on as the init process of the one that it forked.
 */
export const ownCalls = { fork_interpreter: -1, return_to_interpreter: -2, serve_as_init: -3 } as const;
