import { readFileSync } from 'node:fs';

export interface ServiceProcesses {
  /** Helper processes of the service. */
  readonly helpers: readonly number[];
  /** All processes of its jails; those that wait too. */
  readonly jails: readonly number[];
}

/** The descendants of a service. Where there is no cgroup, nsjail and what it started are the jails. */
export function listServiceProcesses(pid: number): ServiceProcesses {
  // Services name the folder of their jails after pid namespace, pid and the pid's start.
  const folder = new RegExp(`/brig/\\d+-${pid}-`);
  const below = listDescendants(pid);
  const nsjails = below.filter((one) => /nsjail\0--config/.test(tryRead(`/proc/${one}/cmdline`)));
  const inJails = new Set(nsjails.flatMap((one) => [one, ...listDescendants(one)]));
  const isJailed = (one: number): boolean => inJails.has(one) || folder.test(tryRead(`/proc/${one}/cgroup`));
  return { helpers: below.filter((one) => !isJailed(one)), jails: below.filter(isJailed) };
}

function listDescendants(pid: number): number[] {
  const children = tryRead(`/proc/${pid}/task/${pid}/children`).trim().split(' ');
  return children
    .filter((child) => child !== '')
    .map(Number)
    .flatMap((child) => [child, ...listDescendants(child)]);
}

/** Nothing of a process that ended in between. */
export function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
