import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCgroupMounts } from '../../src/sandbox/nsjail/cgroup/mounts.ts';

/** Resources of one process's services on the host, each by a name that a failing test can show. */
export interface HostState {
  /** Descendants of the process, and whatever is in its cgroups: a process can leave its parent, but not its cgroup. */
  readonly processes: readonly string[];
  readonly cgroups: readonly string[];
  readonly mounts: readonly string[];
  readonly temporaryFiles: readonly string[];
  /** Open pipes and sockets of the process. */
  readonly descriptors: readonly string[];
}

/** Looks at the host from outside of any jail. `pid` is the process whose services are meant. */
export function readHostState(pid = process.pid): HostState {
  return {
    processes: listProcesses(pid),
    cgroups: listCgroups(pid),
    // Jails bind the root image, and nsjail builds a root below a folder of its own name.
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => /\/images\/python-|nsjail/.test(line)),
    // Named after their owner, as cgroups are.
    temporaryFiles: readdirSync(tmpdir()).filter((name) => new RegExp(`^brig-.*\\d-${pid}-`).test(name)),
    descriptors: listDescriptors(pid),
  };
}

/** The state once nothing changes any more: jails that were used are gone, those that wait are there. */
export async function readSettledState(): Promise<HostState> {
  let state = readHostState();
  for (let calm = 0; calm < 4;) {
    await sleep(100);
    const next = readHostState();
    calm = next.processes.join() === state.processes.join() ? calm + 1 : 0;
    state = next;
  }
  return state;
}

const PATIENCE_MS = 6000;

/** Waits, a few seconds at most, until nothing is on the host that was not there `before`. */
export async function expectNothingLeft(before: HostState, pid = process.pid): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let left = subtract(readHostState(pid), before);
  while (hasAny(left) && performance.now() < deadline) {
    await sleep(50);
    left = subtract(readHostState(pid), before);
  }
  deepStrictEqual(left, { processes: [], cgroups: [], mounts: [], temporaryFiles: [], descriptors: [] });
}

function subtract(after: HostState, before: HostState): HostState {
  const added = (name: keyof HostState): string[] => after[name].filter((one) => !before[name].includes(one));
  // A warm jail is replaced by another one, a number is given out again: only how many there are tells something.
  const surplus = (name: keyof HostState): string[] =>
    after[name].length > before[name].length ? added(name) : [];
  return {
    processes: surplus('processes'),
    cgroups: surplus('cgroups'),
    mounts: surplus('mounts'),
    temporaryFiles: added('temporaryFiles'),
    descriptors: surplus('descriptors'),
  };
}

const hasAny = (state: HostState): boolean => Object.values(state).some((list) => list.length > 0);

/** Whether a process runs; one that has ended and waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

function listProcesses(pid: number): string[] {
  const parents = new Map(listPids().map((one) => [one, readStat(one)?.parent]));
  const descends = (one: number): boolean => {
    for (let at = parents.get(one); at !== undefined && at > 1; at = parents.get(at))
      if (at === pid) return true;
    return false;
  };
  return [...parents.keys()]
    .filter((one) => one !== pid && isRunning(one) && (descends(one) || isInCgroupOf(one, pid)))
    .map((one) => `${one} ${readCommand(one)}`);
}

export function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Services name their cgroups after pid namespace, pid and the pid's start time. */
const folderOf = (pid: number): RegExp => new RegExp(`/brig/\\d+-${pid}-\\d+`);

function isInCgroupOf(one: number, pid: number): boolean {
  return folderOf(pid).test(tryRead(`/proc/${one}/cgroup`));
}

/** The cgroup folders of the services of `pid`, leaves included. */
export function listCgroups(pid: number): string[] {
  const mounts = parseCgroupMounts(tryRead('/proc/self/mountinfo'), tryRead('/proc/self/cgroup'));
  return mounts.flatMap(({ point }) => listFolders(point, 5).filter((path) => folderOf(pid).test(path)));
}

function listFolders(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .flatMap((path) => [path, ...listFolders(path, depth - 1)]);
  } catch {
    return [];
  }
}

function listDescriptors(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const open = tryList(folder).map((name) => ({ name, target: tryReadlink(join(folder, name)) }));
  // Both ends of a pipe in one process: Node wakes its own threads that way, and makes some when they are needed.
  const isOwnPipe = (target: string): boolean => open.filter((other) => other.target === target).length > 1;
  return open
    .filter(({ target }) => /pipe:|socket:/.test(target) && !isOwnPipe(target))
    .map(({ name, target }) => `${name} ${target}`);
}

export function readCommand(pid: number): string {
  return tryRead(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

export function readParent(pid: number): number | undefined {
  return readStat(pid)?.parent;
}

function readStat(pid: number): { state: string; parent: number } | undefined {
  const stat = tryRead(`/proc/${pid}/stat`);
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || state === '' ? undefined : { state, parent: Number(parent) };
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Nothing of a process that has ended. */
function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tryReadlink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
