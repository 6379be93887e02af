import type { Stop } from '../../../core/evidence.ts';
import type { HarnessReport } from '../../../core/harness-report.ts';
import type { JailFailure } from '../../sandbox.ts';
import type { FileTag } from '../protocol/frame-reader.ts';

/** A report as it came. A result's text is checked after the execution: ten megabytes take a while. */
export type ReportFrame =
  | { readonly kind: 'unchecked'; readonly text: string }
  | { readonly kind: 'product'; readonly bytes: Uint8Array }
  | Exclude<HarnessReport, { kind: 'result' }>;

/**
 * Where a jail stands. It starts, waits for a job and runs it. A report ends the execution: its output is read to where it
 * was then, files are collected, a listener that is behind is waited for, the report is checked. Everything else ends it by
 * `closing`, which waits for the jail's end.
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

/** What a job may have the jail send. */
export interface Expected {
  readonly files: boolean;
  readonly figures: boolean;
  /** Most bytes of the file that the job's program makes; undefined where it makes none. */
  readonly productBytes: number | undefined;
  /** The harness starts a program, so it can tell that a signal ended it. */
  readonly launches: boolean;
  /** More bytes than this on one stream end the execution. */
  readonly floodBytes: number;
}

/** What ended an execution. */
export type Cause =
  /** `at` is the time of `performance.now()`. */
  | { readonly by: 'report'; readonly frame: ReportFrame; readonly at: number }
  | { readonly by: 'stop'; readonly stop: Stop }
  | { readonly by: 'failure'; readonly error: JailFailure }
  | { readonly by: 'exit' };

export interface RunState {
  readonly phase: Phase;
  readonly expected: Expected;
  /** The harness has said that figures follow its report. */
  readonly hasFigures: boolean;
  /** Files may still come after the report. */
  readonly takesFiles: boolean;
  /** The listener was waited for: more may be in the pipes than one round of the event loop reads. */
  readonly wasHeld: boolean;
  /** The first thing that ended the execution. */
  readonly cause: Cause | undefined;
  /** Why nobody takes the evidence any more: the caller's reason to abort, or what its listener threw. */
  readonly withdrawal: { readonly error: unknown } | undefined;
  readonly isMeasured: boolean;
  /** The report, once it has been checked. */
  readonly report: HarnessReport | undefined;
  /** nsjail's own words; there once the jail has ended and its streams are read. */
  readonly log: string | undefined;
}

export type RunEvent =
  | { readonly type: 'ready' }
  /** A greeting in another version of the protocol. */
  | { readonly type: 'foreign'; readonly error: JailFailure }
  | { readonly type: 'job'; readonly expected: Expected }
  /** All bytes of one stream so far. */
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: number }
  | { readonly type: 'held' }
  | { readonly type: 'figures' }
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
  /** Ends every process of the jail, and waits for no listener any more. */
  | { readonly type: 'kill' }
  /** Waits for no listener any more. */
  | { readonly type: 'drain' }
  /** Reads what lies in the pipes; `caught_up` follows. */
  | { readonly type: 'catch_up' }
  /** Opens the collector of files; `collected` follows. */
  | { readonly type: 'collect' }
  | { readonly type: 'take_file'; readonly tag: FileTag; readonly payload: Buffer }
  /** Takes no more files; `collected` follows. */
  | { readonly type: 'abandon_files' }
  /** Drops output from here on. */
  | { readonly type: 'close_output' }
  /** Reads what the cgroup has counted. */
  | { readonly type: 'measure' }
  /** Checks a report; `checked` follows. */
  | { readonly type: 'check'; readonly frame: ReportFrame }
  | { readonly type: 'finish' };

export const initialState: RunState = {
  phase: 'starting',
  expected: { files: false, figures: false, productBytes: undefined, launches: false, floodBytes: Infinity },
  hasFigures: false,
  takesFiles: false,
  wasHeld: false,
  cause: undefined,
  withdrawal: undefined,
  isMeasured: false,
  report: undefined,
  log: undefined,
};
