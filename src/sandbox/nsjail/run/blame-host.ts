import type { Ending, Stop } from '../../../core/contract/evidence.ts';
import type { HarnessReport } from '../../../core/contract/harness-report.ts';
import type { LeafUsage } from '../cgroup/cgroup.ts';

/** Evidence of an execution that has a cgroup. */
export interface HostEvidence {
  readonly stop: Stop | undefined;
  readonly report: HarnessReport | undefined;
  readonly ending: Ending;
  /** True when the init process saw a signal end the interpreter. */
  readonly isSignalTold: boolean;
  /** Undefined when the cgroup was gone at the end. */
  readonly usage: LeafUsage | undefined;
}

const SIGKILL = 9;
/**
 * Returns the reason when the host, not the script, is to blame for the end of an execution; undefined otherwise.
 */
export function blameHost({ stop, report, ending, isSignalTold, usage }: HostEvidence): string | undefined {
  if (usage === undefined) return 'The cgroup of an execution was removed while it ran.';
  if (stop !== undefined || report?.kind === 'result') return undefined;
  if (usage.oomKills > 0) return usage.wasFull ? undefined : 'The host ran out of memory.';
  // The init process or the launcher tells of the end, so it was not killed itself; what it waited for may send SIGKILL
  // to itself.
  if (isSignalTold || report?.kind === 'signalled') return undefined;
  // No process of a PID namespace can kill its first one (pid_namespaces(7)), and the filters keep scripts from setting
  // limits of it, at two of which the kernel would (setrlimit(2)).
  const isKilled = ending.kind === 'signal' && ending.signal === SIGKILL;
  return isKilled ? 'Something on the host killed a script.' : undefined;
}
