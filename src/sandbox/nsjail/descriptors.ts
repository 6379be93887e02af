/* File descriptors of a jail besides its streams. */

/** Log of nsjail and of the init process; nsjail/starter.py opens it. */
export const LOG_FD = 3;
/** Frames of the harness. */
export const REPORT_FD = 4;
