import { readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readProcesses } from '../../src/sandbox/nsjail/cgroup/files.ts';
import { parseCgroupMounts, type CgroupMount } from '../../src/sandbox/nsjail/cgroup/mounts.ts';

export const listMounts = (): readonly CgroupMount[] =>
  parseCgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));

const mountOf = (folder: string): CgroupMount => {
  const mount = listMounts().find(({ point }) => folder.startsWith(`${point}/`));
  if (mount === undefined) throw new Error(`${folder} is in no cgroup hierarchy`);
  return mount;
};

export const isUnified = (folder: string): boolean => mountOf(folder).version === 2;

/** Moves everything in a folder to the root of its hierarchy. */
export function emptyFolder(folder: string): void {
  const { point } = mountOf(folder);
  for (const pid of readProcesses(folder)) join(point, pid);
}

/** Moves a process into a cgroup; one that has ended is in none. */
export function join(folder: string, pid: number): void {
  try {
    writeFileSync(`${folder}/cgroup.procs`, String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
