import type { CollectedFiles } from './files/returned-files.ts';
import type { HarnessReport } from './harness-report.ts';
import type { Enforcement } from './outcome.ts';
import type { Limits } from './limits.ts';

/**
 * How the interpreter ended: as the kernel told nsjail, or, where a report came first, as the report announces. What
 * becomes of the process after its report is not part of the execution.
 */
export type Ending = { kind: 'exit'; code: number } | { kind: 'signal'; signal: number; name: string };

/** Why the host itself ended an execution. */
export type Stop =
  | { reason: 'deadline' }
  | { reason: 'cpu_time' }
  /** Buffers of sockets, which the kernel's own limit of memory does not count everywhere. */
  | { reason: 'socket_memory' }
  | { reason: 'flood'; stream: 'stdout' | 'stderr' }
  | { reason: 'result_too_large' }
  | { reason: 'protocol'; detail: string };

/** One output stream as the host kept it: head and tail within its cap. */
export interface CapturedStream {
  readonly text: string;
  /** All that was written, in bytes. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** What the host measured of an execution; from the cgroup leaf where there is one. */
export interface Usage {
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
  /** Processes of the jail that the kernel killed for memory. */
  readonly oomKills: number;
  /** Times that a fork or a thread was refused for the limit of processes. */
  readonly processRefusals: number;
}

/** All that is known of one finished execution. All of it but `report` is the host's own observation. */
export interface Evidence {
  readonly mode: 'function' | 'script';
  readonly limits: Limits;
  readonly stop: Stop | undefined;
  readonly ending: Ending;
  /** What the harness said, if it said something well-formed exactly once. */
  readonly report: HarnessReport | undefined;
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  readonly usage: Usage;
  /** The file that the program was to make (`Program.product`), as it is: hostile bytes. */
  readonly product?: Uint8Array | undefined;
  readonly enforcement: Enforcement;
  /** Files and figures that were brought out; undefined where nothing was asked for or drawn, or all was gone. */
  readonly collected?: CollectedFiles | undefined;
}
