import type { Stop } from '../../../core/contract/evidence.ts';
import type { HarnessReport } from '../../../core/contract/harness-report.ts';
import type { Display } from '../../../core/contract/sessions/display.ts';
import type { JailFailure } from '../../sandbox.ts';
import type { FileTag } from '../protocol/frame-reader.ts';

/**
 * A report as it arrived. The text of a result is checked after the execution, because ten megabytes take a while.
 */
export type ReportFrame =
  | { readonly kind: 'unchecked'; readonly text: string }
  | { readonly kind: 'product'; readonly bytes: Uint8Array }
  | Exclude<HarnessReport, { kind: 'result' }>;

/**
 * Phase of a jail. It starts, waits for a job and runs it. After a report it reads the output up to that moment,
 * collects files, waits for a slow listener and checks the report. Any other end goes through `closing`, which waits
 * for the jail's end.
 */
export type Phase =
  | 'starting'
  | 'ready'
  | 'running'
  | 'catching_up'
  | 'collecting'
  | 'draining'
  | 'checking'
  | 'closing'
  | 'over';

/** Output that a job permits the jail to send. */
export interface Expected {
  readonly files: boolean;
  readonly figures: boolean;
  /** Maximum bytes of the file that the job's program makes; undefined when it makes none. */
  readonly productBytes: number | undefined;
  /** True when the harness starts a program, so that it can report a signal that ended it. */
  readonly launches: boolean;
  /** Most results of a cell; zero outside sessions. */
  readonly displays: number;
  /** Most bytes of all of them together. */
  readonly displayBytes: number;
  /** True in a session: the jail stays after the report, for the next job. */
  readonly stays: boolean;
  /** Bytes on one stream above which the execution ends. */
  readonly floodBytes: number;
}

/** Event that ended an execution. */
export type Cause =
  /** `at` is by `performance.now()`. */
  | { readonly by: 'report'; readonly frame: ReportFrame; readonly at: number }
  | { readonly by: 'stop'; readonly stop: Stop }
  | { readonly by: 'failure'; readonly error: JailFailure }
  | { readonly by: 'exit' };

export interface RunState {
  readonly phase: Phase;
  readonly expected: Expected;
  /** True once the harness has announced figures after its report. */
  readonly hasFigures: boolean;
  /** True when the harness has read the job, in a session. */
  readonly isTaken: boolean;
  /** Results that came, and their bytes. */
  readonly displays: { readonly count: number; readonly bytes: number };
  /** True while files may still come after the report. */
  readonly takesFiles: boolean;
  /**
   * True once the flow has waited for the listener: the pipes may hold more than one round of the event loop reads.
   */
  readonly wasHeld: boolean;
  /** The first event that ended the execution. */
  readonly cause: Cause | undefined;
  /** Reason why nobody takes the evidence any more: the caller's abort, or the error of its listener. */
  readonly withdrawal: { readonly error: unknown } | undefined;
  readonly isMeasured: boolean;
  /** Set once the report has been checked. */
  readonly report: HarnessReport | undefined;
  /** nsjail's log; set once the jail has ended and its streams are read. */
  readonly log: string | undefined;
}

export type RunEvent =
  | { readonly type: 'ready' }
  /** A greeting in another version of the protocol. */
  | { readonly type: 'foreign'; readonly error: JailFailure }
  | { readonly type: 'job'; readonly expected: Expected }
  /** Count of all bytes of one stream so far. */
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: number }
  | { readonly type: 'held' }
  | { readonly type: 'figures' }
  | { readonly type: 'display'; readonly display: Display; readonly bytes: number }
  /** The job of a session was read, and what follows is of it. */
  | { readonly type: 'taken' }
  | { readonly type: 'begun' }
  /** The next job of a session is to come. */
  | { readonly type: 'next' }
  | { readonly type: 'report'; readonly frame: ReportFrame; readonly at: number }
  | { readonly type: 'file'; readonly tag: FileTag; readonly payload: Buffer }
  | { readonly type: 'stop'; readonly stop: Stop }
  | { readonly type: 'failure'; readonly error: JailFailure }
  | { readonly type: 'withdrawn'; readonly error: unknown }
  | { readonly type: 'caught_up' }
  | { readonly type: 'collected' }
  | { readonly type: 'checked'; readonly report: HarnessReport | undefined }
  | { readonly type: 'closed'; readonly log: string };

export type Effect =
  /** Resolves the wait for the interpreter. */
  | { readonly type: 'begin' }
  /** Ends every process of the jail, and stops waiting for the listener. */
  | { readonly type: 'kill' }
  /** Stops waiting for the listener. */
  | { readonly type: 'drain' }
  /** Reads the present content of the pipes; `caught_up` follows. */
  | { readonly type: 'catch_up' }
  /** Opens the collector of files; `collected` follows. */
  | { readonly type: 'collect' }
  | { readonly type: 'take_file'; readonly tag: FileTag; readonly payload: Buffer }
  /** The script can be interrupted now. */
  | { readonly type: 'listen' }
  | { readonly type: 'show'; readonly display: Display }
  /** Takes no more files; `collected` follows. */
  | { readonly type: 'abandon_files' }
  /** Drops output from here on. */
  | { readonly type: 'close_output' }
  /** Reads the counters of the cgroup. */
  | { readonly type: 'measure' }
  /** Checks a report; `checked` follows. */
  | { readonly type: 'check'; readonly frame: ReportFrame }
  | { readonly type: 'finish' };

export const initialState: RunState = {
  phase: 'starting',
  expected: {
    ...{ files: false, figures: false, productBytes: undefined, launches: false, floodBytes: Infinity },
    ...{ displays: 0, displayBytes: 0, stays: false },
  },
  hasFigures: false,
  isTaken: false,
  displays: { count: 0, bytes: 0 },
  takesFiles: false,
  wasHeld: false,
  cause: undefined,
  withdrawal: undefined,
  isMeasured: false,
  report: undefined,
  log: undefined,
};
