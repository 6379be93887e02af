import type { Evidence } from '../../contract/evidence.ts';
import { formatBytes, formatMs } from '../../text/format-figures.ts';
import { floodThreshold, type LimitName, type Limits } from '../../contract/limits.ts';
import type { ClassifyContext } from '../context.ts';
import { failsInSpawnedMain, spawnedMainSuggestions } from './spawned-main.ts';

type Ceilings = Pick<ClassifyContext, 'ceilings'>;

/** Share of CPU in wall clock time below which a script mostly waited. */
const WAITING = 0.1;
/** Share above which it computed all the time. */
const BUSY = 0.8;

/** Returns one sentence: the request's field with a higher value, the value of this run, and the maximum. */
export function suggestRaise(
  name: LimitName,
  limits: Limits,
  ceilings: Limits,
  wanted = limits[name] * 2,
): string {
  const had = limits[name];
  const ceiling = ceilings[name];
  if (had >= ceiling)
    return `"${name}" is at its ceiling already (${ceiling}): only the operator can raise it`;
  const value = Math.min(wanted, ceiling);
  return `Raise "limits": {"${name}": ${value}} (this run had ${had}; the ceiling is ${ceiling})`;
}

export function suggestForTimeout(evidence: Evidence, { ceilings }: Ceilings): string[] {
  if (failsInSpawnedMain(evidence)) return [...spawnedMainSuggestions];
  const { limits, usage } = evidence;
  const lost = suggestForLostChildren(limits, usage, ceilings);
  const raise = suggestRaise('timeout', limits, ceilings);
  // Zero without a cgroup, since any interpreter that ran has used some CPU.
  if (usage.cpuMs <= 0 || usage.durationMs <= 0) return [...lost, raise];
  const share = usage.cpuMs / usage.durationMs;
  const used = `It used ${formatMs(usage.cpuMs)} of CPU in ${formatMs(usage.durationMs)}`;
  if (share < WAITING) {
    const waits = `${used}: look for what it waits for (sleep, a lock, a queue, a child process)`;
    // More time does not bring what a lost child or a deadlock never brings.
    return lost.length > 0 ? [...lost, waits] : [waits, raise];
  }
  return share >= BUSY * Math.min(1, limits.cpus)
    ? [...lost, raise, `${used}: look for a loop that does not end, or for less work to do`]
    : [...lost, raise];
}

/** Returns suggestions where threads or processes were refused or killed: a pool then waits for them forever. */
function suggestForLostChildren(limits: Limits, usage: Evidence['usage'], ceilings: Limits): string[] {
  return [
    ...(usage.processRefusals > 0
      ? [`Threads or processes were refused: ${suggestRaise('processes', limits, ceilings)}`]
      : []),
    ...suggestForKilledProcess(limits, usage, ceilings),
  ];
}

/** Returns suggestions when the kernel killed a process of a script for memory. */
export const suggestForKilledProcess = (
  limits: Limits,
  { oomKills }: Pick<Evidence['usage'], 'oomKills'>,
  ceilings: Limits,
): string[] =>
  oomKills > 0
    ? [`A process of the script was killed for memory: ${suggestRaise('memory_mb', limits, ceilings)}`]
    : [];

export function suggestForCpuLimit(evidence: Evidence, { ceilings }: Ceilings): string[] {
  if (failsInSpawnedMain(evidence)) return [...spawnedMainSuggestions];
  const { limits, usage } = evidence;
  const used = usage.cpuMs > 0 ? `It used ${formatMs(usage.cpuMs)} of CPU time: look` : 'Look';
  return [
    suggestRaise('cpu_time', limits, ceilings),
    `${used} for a loop that does not end, or for less work to do`,
  ];
}

export function suggestForMemoryLimit({ limits, usage }: Evidence, { ceilings }: Ceilings): string[] {
  const peak = usage.memoryPeakBytes > 0 ? ` (its peak was ${formatBytes(usage.memoryPeakBytes)})` : '';
  return [
    suggestRaise('memory_mb', limits, ceilings),
    `Hold less at once${peak}: iterate with generators, work in chunks, delete what is done with`,
    'Files in the working directory and in /tmp count as memory too',
  ];
}

export function suggestForFlood(
  stream: 'stdout' | 'stderr',
  { limits, mode }: Evidence,
  { ceilings }: Ceilings,
): string[] {
  const enough = findHigherThreshold(limits.output_bytes, ceilings.output_bytes);
  return [
    `Write less to ${stream}: look for a loop that prints without end`,
    ...(mode === 'function' ? ['Return the data as the result instead of printing it'] : []),
    ...(enough === undefined && limits.output_bytes < ceilings.output_bytes
      ? []
      : [suggestRaise('output_bytes', limits, ceilings, enough)]),
  ];
}

/**
 * Returns the next cap that raises the threshold too, which has a floor below which a higher cap changes nothing.
 */
function findHigherThreshold(had: number, ceiling: number): number | undefined {
  for (let cap = Math.max(1, had) * 2; ; cap *= 2) {
    const value = Math.min(cap, ceiling);
    if (floodThreshold(value) > floodThreshold(had)) return value;
    if (!(cap < ceiling)) return undefined;
  }
}

/** The cap of results is no limit of a request. */
export function suggestForLargeResult({ functionName }: Pick<ClassifyContext, 'functionName'>): string[] {
  return [
    `Return less from ${functionName}(): a summary, a count, the first rows`,
    'The cap of results is the operator\'s to set; "limits" cannot raise it',
  ];
}
