import { listServiceProcesses, tryRead } from './processes.ts';
import { sum } from './statistics.ts';

/** MiB of a service at rest. */
export interface RestingMemory {
  /** Its own process and its helpers. */
  readonly service: number;
  /** The jails that wait for a script, together. */
  readonly jails: number;
}

/** Reads proportional set sizes: a process's own memory, and its share of what it shares with others. */
export function readRestingMemory(pid: number): RestingMemory {
  const { helpers, jails } = listServiceProcesses(pid);
  return { service: sum([pid, ...helpers].map(readPssMb)), jails: sum(jails.map(readPssMb)) };
}

function readPssMb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(tryRead(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}
