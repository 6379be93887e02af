import type { Ending, Evidence, Stop, Usage } from '../../../core/contract/evidence.ts';
import type { HarnessReport } from '../../../core/contract/harness-report.ts';
import { JailFailure } from '../../sandbox.ts';
import type { LeafUsage } from '../cgroup/cgroup.ts';
import { CLOCK_WAS_SET, readNsjailLog, type NsjailLog } from '../nsjail-log.ts';
import { blameHost } from './blame-host.ts';
import type { RunState } from './state.ts';

/** Times of an execution, and the counters of its cgroup. */
export interface Measured {
  readonly startedAt: number;
  readonly endedAt: number;
  /** CPU time of the cgroup when the execution began, in milliseconds. */
  readonly cpuBefore: number;
  /** Counters when the job began, in a session. */
  readonly before: LeafUsage | undefined;
  readonly hasLeaf: boolean;
  /** Undefined without a cgroup, or when it was gone at the end. */
  readonly counted: LeafUsage | undefined;
  /** Error that kept the cgroup from being read. */
  readonly failure: unknown;
}

type Proven = Pick<Evidence, 'stop' | 'ending' | 'report' | 'usage'>;

/**
 * Returns the evidence of an execution that is over.
 * @throws JailFailure when the host and not the script failed; the reason of a withdrawal.
 */
export function conclude(state: RunState, measured: Measured): Proven {
  const { cause, report, withdrawal } = state;
  if (withdrawal !== undefined) throw withdrawal.error;
  if (cause?.by === 'failure') throw cause.error;
  if (measured.failure !== undefined) throw measured.failure;
  const stop = cause?.by === 'stop' ? cause.stop : undefined;
  const usage = toUsage(measured, cause?.by === 'report' ? cause.at : measured.endedAt);
  const log = readNsjailLog(state.log ?? '');
  const ending = report === undefined ? readEnding(log, stop, usage) : announceEnding(report);
  const { isSignalTold } = log;
  const blame =
    measured.hasLeaf && blameHost({ stop, report, ending, isSignalTold, usage: measured.counted });
  if (typeof blame === 'string') throw new JailFailure(blame);
  return { stop, ending, report, usage };
}

const toUsage = ({ counted, cpuBefore, before, startedAt }: Measured, endedAt: number): Usage => ({
  durationMs: endedAt - startedAt,
  cpuMs: Math.max(0, (counted?.cpuMs ?? 0) - cpuBefore),
  memoryPeakBytes: counted?.memoryPeakBytes ?? 0,
  oomKills: (counted?.oomKills ?? 0) - (before?.oomKills ?? 0),
  processRefusals: (counted?.processRefusals ?? 0) - (before?.processRefusals ?? 0),
});

/**
 * Derives the end of the process from its report. Later effects of threads, exit handlers or children are ignored:
 * they could only change a verdict that the script has already brought about.
 */
function announceEnding(report: HarnessReport): Ending {
  if (report.kind === 'result') return { kind: 'exit', code: 0 };
  if (report.kind === 'signalled') return { kind: 'signal', signal: report.signal, name: '' };
  return { kind: 'exit', code: report.kind === 'exited' ? report.code & 0xff : 1 };
}

function readEnding(log: NsjailLog, stop: Stop | undefined, usage: Usage): Ending {
  if (log.isOverTime && stop === undefined) throw new JailFailure(CLOCK_WAS_SET);
  if (log.ending !== undefined) return log.ending;
  // nsjail was killed before it could report the end of the script: by the service, or by the kernel for memory.
  if (stop !== undefined || usage.oomKills > 0) return { kind: 'signal', signal: 9, name: 'SIGKILL' };
  throw new JailFailure('nsjail ended without saying how the script did.');
}
