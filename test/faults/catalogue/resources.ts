import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listDescriptors } from '../../../bench/soak/host.ts';
import { readProcesses } from '../../../src/sandbox/nsjail/cgroup/files.ts';
import { parseCgroupMounts } from '../../../src/sandbox/nsjail/cgroup/mounts.ts';
import { waitFor, type Arena } from '../arena.ts';
import { judge, type Fault, type Seen } from '../fault.ts';
import { steps } from '../steps.ts';

const CALLS = 6;

/** Callers one after the other, while something is short. */
async function call(arena: Arena): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (let turn = 0; turn < CALLS; turn += 1) seen.push(await arena.trivial());
  return seen;
}

function setLimit(pid: number, name: 'nofile' | 'as', soft: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--${name}=${soft}:`]);
}

const readSoft = (pid: number, title: string): string =>
  new RegExp(`^${title}\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ??
  'unlimited';

/** A limit of a running process, for as long as the callers call. */
const limited = (who: 'service' | 'starter', name: 'nofile' | 'as', title: string, plus: number): Fault => ({
  name: `no ${name === 'as' ? 'memory' : 'descriptors'}: ${who}`,
  group: 'nothing left on the host',
  what: `prlimit --${name} of the ${who} set to ${name === 'as' ? 'nothing' : `${plus} more than it has open`}`,
  mayHangUp: true,
  strike: async (arena) => {
    const pid = who === 'service' ? arena.service.pid : await arena.helper('starter');
    const before = readSoft(pid, title);
    setLimit(pid, name, String(name === 'as' ? 1 : listDescriptors(pid).length + plus));
    try {
      return await call(arena);
    } finally {
      setLimit(pid, name, before);
    }
  },
});

/** The folder of one controller in which a service has its jails. */
function folderOf(arena: Arena, controller: string): string {
  const leaf = arena
    .jails()[0]
    ?.leaves.find((one) => one.includes(`/${controller}`) || one.includes('unified'));
  if (leaf === undefined) throw new Error(`there is no cgroup of ${controller}`);
  return dirname(leaf);
}

/** What all jails of the service have together runs short, as where the host has no more. */
const exhausted = (controller: 'memory' | 'pids'): Fault => ({
  name: `no ${controller === 'memory' ? 'memory' : 'processes'}: all jails`,
  group: 'nothing left on the host',
  what:
    controller === 'memory'
      ? "a limit of memory above all jails' cgroups, below what one script uses within its own"
      : "a limit of processes above all jails' cgroups, at what they have",
  needs: ['cgroup'],
  strike: async (arena) => {
    await waitFor(() => arena.jails().length > 0, 'a jail');
    const folder = folderOf(arena, controller);
    const isV2 = folder.includes('unified') || controllersOf(folder);
    const file = `${folder}/${controller === 'pids' ? 'pids.max' : isV2 ? 'memory.max' : 'memory.limit_in_bytes'}`;
    const limit =
      controller === 'pids' ? readFileSync(`${folder}/pids.current`, 'utf8').trim() : 64 * 2 ** 20;
    writeFileSync(file, String(limit));
    try {
      if (controller === 'pids') return await call(arena);
      const answer = await arena.send({
        body: { script: 'def main():\n    return len(bytearray(150 << 20))', limits: { memory_mb: 256 } },
      });
      return [judge(answer, () => false), ...(await call(arena))];
    } finally {
      writeFileSync(file, controller === 'pids' || isV2 ? 'max' : '-1');
    }
  },
});

const controllersOf = (folder: string): boolean =>
  parseCgroupMounts(
    readFileSync('/proc/self/mountinfo', 'utf8'),
    readFileSync('/proc/self/cgroup', 'utf8'),
  ).some(({ version, point }) => version === 2 && folder.startsWith(`${point}/`));

/** Everything in a leaf is moved to the root of its hierarchy, and the leaf removed. */
function removeLeaf(leaf: string): void {
  const root = leaf.slice(0, leaf.indexOf('/', '/sys/fs/cgroup/'.length));
  const isRoot = controllersOf(leaf);
  for (const pid of readProcesses(leaf))
    writeFileSync(`${isRoot ? '/sys/fs/cgroup' : root}/cgroup.procs`, String(pid));
  tryRemove(leaf);
}

const removed = (step: (typeof steps)[number]): Fault => ({
  name: `cgroup removed: ${step.name}`,
  group: 'cgroups that are removed',
  what: `the processes of the jail are moved out of its cgroup, and that is removed, while ${step.name}`,
  // Elsewhere than in its own cgroup only root may put a process.
  needs: ['root', 'cgroup'],
  strike: async (arena) => {
    const held = await step.hold(arena);
    for (const leaf of held.jail.leaves) removeLeaf(leaf);
    held.release();
    return held.seen;
  },
});

/** A frozen jail is late, and nothing else. */
const frozen: Fault = {
  name: 'cgroup frozen: the script runs',
  group: 'cgroups that are removed',
  what: 'the jail is frozen for a second by a cgroup of the freezer while the script runs',
  needs: ['root', 'cgroup'],
  strike: async (arena) => {
    const step = steps.find(({ name }) => name === 'the script runs');
    if (step === undefined) throw new Error('there is no such step');
    const held = await step.hold(arena);
    const freezer = '/sys/fs/cgroup/freezer/brig-fault';
    const [leaf = ''] = held.jail.leaves;
    const isV2 = controllersOf(leaf);
    if (!isV2) {
      mkdirSync(freezer, { recursive: true });
      for (const pid of readProcesses(leaf)) writeFileSync(`${freezer}/cgroup.procs`, String(pid));
    }
    const [file, on, off] = isV2
      ? [`${leaf}/cgroup.freeze`, '1', '0']
      : [`${freezer}/freezer.state`, 'FROZEN', 'THAWED'];
    writeFileSync(file, on);
    await sleep(1000);
    writeFileSync(file, off);
    const seen = await held.seen;
    if (!isV2) await waitFor(() => tryRemove(freezer), 'an empty freezer');
    return seen;
  },
};

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

export const resourceFaults: readonly Fault[] = [
  limited('starter', 'nofile', 'Max open files', 2),
  limited('starter', 'as', 'Max address space', 0),
  limited('service', 'nofile', 'Max open files', 2),
  exhausted('memory'),
  exhausted('pids'),
  ...steps.map(removed),
  frozen,
];
