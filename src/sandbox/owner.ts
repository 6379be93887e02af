import { readFileSync, readlinkSync } from 'node:fs';

/*
 * Names of what a service leaves on the host contain its owner: pid namespace, pid, and the start time of that pid
 * (proc(5), field 22 of stat), so that a reused pid is not mistaken for the same process. A further number may
 * distinguish several things of one process.
 */

const pattern = /^(?<namespace>\d+)-(?<pid>\d+)-(?<started>\d+)(-\d+)?$/;

/** Returns the name of this process as an owner, valid as a folder name. */
export function ownName(): string {
  return `${ownNamespace()}-${process.pid}-${readStart(process.pid) ?? 0}`;
}

export type OwnerState = 'alive' | 'dead' | 'elsewhere' | 'not an owner';

/**
 * Tells whether the owner of a folder still runs; `elsewhere` is a pid namespace that this process cannot see into.
 */
export function judgeOwner(name: string): OwnerState {
  const { namespace, pid, started } = pattern.exec(name)?.groups ?? {};
  if (namespace === undefined) return 'not an owner';
  if (namespace !== ownNamespace()) return 'elsewhere';
  return readStart(Number(pid)) === started ? 'alive' : 'dead';
}

function ownNamespace(): string {
  // `pid:[4026531836]`
  return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
}

function readStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Z and X: it ended and waits to be reaped.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
