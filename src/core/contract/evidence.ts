import type { CollectedFiles } from './files/returned-files.ts';
import type { Display } from './sessions/display.ts';
import type { HarnessReport } from './harness-report.ts';
import type { Enforcement } from './outcome.ts';
import type { Isolation } from './isolation.ts';
import type { Limits } from './limits.ts';
import type { NetworkReport } from './network/report.ts';

/**
 * End of the interpreter: from the kernel, through nsjail, or from a report that came first. The process after its
 * report is not part of the execution.
 */
export type Ending = { kind: 'exit'; code: number } | { kind: 'signal'; signal: number; name: string };

/** Reason why the host itself ended an execution. */
export type Stop =
  | { reason: 'deadline' }
  | { reason: 'cpu_time' }
  /** Buffers of sockets, which the kernel's memory limit does not include everywhere. */
  | { reason: 'socket_memory' }
  | { reason: 'flood'; stream: 'stdout' | 'stderr' }
  | { reason: 'result_too_large' }
  | { reason: 'protocol'; detail: string };

/** An output stream as the host kept it: head and tail within its cap. */
export interface CapturedStream {
  readonly text: string;
  /** Count of all bytes written. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** Figures of an execution that the host measured, in its cgroup leaf if there is one. */
export interface Usage {
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
  /** Count of processes of the jail that the kernel killed for memory. */
  readonly oomKills: number;
  /** Count of forks and threads refused at the limit of processes. */
  readonly processRefusals: number;
}

/** Evidence of a finished execution. Everything except `report` is the host's own observation. */
export interface Evidence {
  readonly mode: 'function' | 'script';
  readonly limits: Limits;
  readonly stop: Stop | undefined;
  readonly ending: Ending;
  /** The harness's report, if exactly one well-formed report came. */
  readonly report: HarnessReport | undefined;
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  readonly usage: Usage;
  /** File made by the program (`Program.product`): hostile bytes. */
  readonly product?: Uint8Array | undefined;
  readonly enforcement: Enforcement;
  readonly isolation: Isolation;
  /** Traffic through the doors of its network; undefined when it had none. */
  readonly network?: NetworkReport | undefined;
  /** Results of a cell, in a session. */
  readonly displays?: readonly Display[] | undefined;
  /** Returned files and figures; undefined when none were requested or drawn, or all were lost. */
  readonly collected?: CollectedFiles | undefined;
}
