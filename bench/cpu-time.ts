import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCgroupMounts } from '../src/sandbox/nsjail/cgroup/mounts.ts';
import { listServiceProcesses, tryRead } from './processes.ts';
import { sum } from './statistics.ts';

/** Ticks of /proc in a second: 100 on every common kernel, but only the C library knows. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const toMs = (ticks: number): number => (ticks * 1000) / TICKS;
const readText = (file: string): string => readFileSync(file, 'utf8');

/** Milliseconds of CPU time so far, in steps of 10 ms: of a process, and of the children that it has waited for. */
function readProcessCpuMs(pid: number): { own: number; children: number } {
  const stat = tryRead(`/proc/${pid}/stat`);
  // The second field is the command in parentheses, and may hold anything. After it, from the 12th: utime, stime, cutime, cstime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: toMs(user + system), children: toMs(childUser + childSystem) };
}

/** CPU milliseconds of a process and of everything it has started, whoever waited for it. */
export function readTreeCpuMs(pid: number): number {
  const { own, children } = readProcessCpuMs(pid);
  return own + children;
}

/** CPU milliseconds so far of all that a service is. */
export interface ServiceCpu {
  readonly service: number;
  /** CPU time of its helper processes. */
  readonly helpers: number;
  /** Those that ended, too. */
  readonly jails: number;
}

/**
 * Reads the CPU milliseconds of a service. The jails' are those of the service's cgroup: a jail that is killed is waited
 * for by nobody of the service, so it is missing from the children's time. Where there is no cgroup, the time of the
 * service's and its helpers' children has to do.
 */
export function createServiceMeter(pid: number): () => ServiceCpu {
  const usage = findJailUsage(pid);
  return () => {
    const own = readProcessCpuMs(pid);
    const helpers = listServiceProcesses(pid).helpers.map(readProcessCpuMs);
    return {
      service: own.own,
      helpers: sum(helpers.map((one) => one.own)),
      jails: usage?.() ?? sum([own, ...helpers].map((one) => one.children)),
    };
  };
}

/** Services name their folders after pid namespace, pid and the pid's start. */
function findJailUsage(pid: number): (() => number) | undefined {
  for (const { version, point, own, controllers } of parseCgroupMounts(
    readText('/proc/self/mountinfo'),
    readText(`/proc/${pid}/cgroup`),
  )) {
    if (version === 1 && !controllers.includes('cpuacct')) continue;
    for (const parent of [join(point, own, 'brig'), join(point, 'brig')]) {
      const names = existsSync(parent) ? readdirSync(parent) : [];
      const name = names.find((one) => new RegExp(`^\\d+-${pid}-`).test(one));
      if (name === undefined) continue;
      const folder = join(parent, name);
      return version === 1
        ? () => Number(readText(join(folder, 'cpuacct.usage'))) / 1e6
        : () => Number(/^usage_usec (\d+)$/m.exec(readText(join(folder, 'cpu.stat')))?.[1]) / 1e3;
    }
  }
  return undefined;
}

/** CPU milliseconds that the whole machine has spent on anything but waiting, stolen time included. */
export function readMachineCpuMs(): number {
  const [first = ''] = readText('/proc/stat').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = first
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return toMs(user + nice + system + irq + softirq + steal);
}
