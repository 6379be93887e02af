import { readFileSync } from 'node:fs';

/** MiB of a service at rest: its own process, and the jails that wait for a script. */
export interface RestingMemory {
  readonly service: number;
  readonly jails: number;
}

/** Reads proportional set sizes: a process's own memory, and its share of what it shares with others. */
export function readRestingMemory(pid: number): RestingMemory {
  const below = listDescendants(pid).map(readPssMb);
  return { service: readPssMb(pid), jails: below.reduce((total, size) => total + size, 0) };
}

function listDescendants(pid: number): number[] {
  const children = tryRead(`/proc/${pid}/task/${pid}/children`).trim().split(' ');
  return children
    .filter((child) => child !== '')
    .map(Number)
    .flatMap((child) => [child, ...listDescendants(child)]);
}

function readPssMb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(tryRead(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

/** Nothing of a process that ended in between. */
function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
