/* Agreements between the nursery's program, the tables that it carries out, and nsjail/starter.py. */

/** Socket over which the starter sends tables, in the nursery alone: the report of a jail takes its place. */
export const CONTROL_FD = 4;
/**
 * Descriptors that come with a table take the lowest free numbers: the three streams and the log of the jail are in
 * their places then, its report comes next, and after that the socket on which its keeper tells of its end.
 */
export const RECEIVED_REPORT_FD = 5;
export const LIFE_FD = 6;
/** First of the open files of the leaf; the number of them is the number of hierarchies. */
export const FIRST_LEAF_FD = 7;

/** Memory of the nursery: a page for itself, then the table as it came. */
export const SCRATCH_ADDRESS = 0x60_00_00;
export const TABLE_ADDRESS = 0x60_10_00;
/** Most bytes of a table. */
export const TABLE_BYTES = 64 * 1024;

/** Bytes of one step: number of the call, six arguments, least and greatest right result, step after the result 0. */
export const STEP_BYTES = 80;
/** Bytes of what is written to the socket when a step fails: address of the step, result. */
export const FAILURE_BYTES = 16;
/** Exit status of a process whose step failed. */
export const FAILURE_STATUS = 126;
