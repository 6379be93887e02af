import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../../core/contract/limits.ts';
import {
  CgroupUnavailable,
  CPU_PERIOD_US,
  NSJAIL_PROCESSES,
  SOCKET_PART,
  type CgroupTree,
  type Leaf,
  type LeafLimits,
} from './cgroup.ts';
import {
  killProcesses,
  makeFolders,
  readKeyed,
  readNumber,
  readOffered,
  readOfferedKey,
  removeFolder,
  removeIfUnused,
  write,
} from './files.ts';
import type { CgroupMount } from './mounts.ts';

const needed = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
type Controller = (typeof needed)[number];
type Folders = Readonly<Record<Controller, string>>;

/**
 * More than the kernel charges at once: a kill this close below the limit was for the limit. `memory.failcnt` would
 * show it directly, but not every kernel counts it.
 */
const CHARGE_BYTES = 4 * MIB;

const REMEDY =
  'Run the service as root, or give it its own folder below memory, pids, cpu and cpuacct (BRIG_CGROUP_PARENT), owned by its user.';

/** Returns the parent folder of jails in each hierarchy, shared by all services. */
export function locateV1(mounts: readonly CgroupMount[], parent: string | undefined): Folders {
  const entries = needed.map((controller) => {
    const mount = mounts.find(
      ({ version, controllers }) => version === 1 && controllers.includes(controller),
    );
    if (mount === undefined)
      throw new CgroupUnavailable(`The cgroup v1 controller "${controller}" is not mounted.`, REMEDY);
    const base = join(mount.point, parent ?? mount.own);
    // A misspelt parent would be created silently, without its operator's limits.
    if (!existsSync(base)) throw new CgroupUnavailable('The cgroup does not exist.', REMEDY, base);
    return [controller, join(base, 'brig')];
  });
  return Object.fromEntries(entries) as Folders;
}

/** @throws CgroupUnavailable when the folders cannot be made. */
export function createV1Tree(parents: Folders, name: string): CgroupTree {
  const folders = Object.fromEntries(
    needed.map((controller) => [controller, join(parents[controller], name)]),
  ) as Folders;
  const make = (): void => {
    for (const folder of new Set(Object.values(folders))) mkdirSync(folder, { recursive: true });
  };
  try {
    make();
  } catch (error) {
    throw new CgroupUnavailable('No cgroup can be made.', REMEDY, (error as Error).message);
  }
  return {
    version: 1,
    folders: [...new Set(Object.values(folders))],
    createLeaf: (leaf, limits) => createLeaf(folders, leaf, limits, make),
    close: async () => {
      for (const folder of new Set(Object.values(folders))) await removeFolder(folder, () => undefined);
      for (const parent of new Set(Object.values(parents))) removeIfUnused(parent);
    },
  };
}

function createLeaf(folders: Folders, name: string, limits: LeafLimits, makeParents: () => void): Leaf {
  const own = Object.fromEntries(
    needed.map((controller) => [controller, join(folders[controller], name)]),
  ) as Folders;
  const distinct = [...new Set(Object.values(own))];
  // The sweep of another service may have removed the parents while they were empty.
  if (!existsSync(folders.memory)) makeParents();
  makeFolders(distinct, () => setLimits(own, limits));
  return {
    // `tasks` instead of `cgroup.procs`: moving a single thread does not wait for an RCU grace period (about 8 ms).
    joinFiles: distinct.map((folder) => join(folder, 'tasks')),
    setLimits: (changed) => setLimits(own, changed),
    readCpuMs: () => readNumber(`${own.cpuacct}/cpuacct.usage`) / 1e6,
    readUsage: () => {
      if (!distinct.every((folder) => existsSync(folder))) return undefined;
      const oomKills = readKeyed(`${own.memory}/memory.oom_control`, 'oom_kill');
      const memoryPeakBytes = readNumber(`${own.memory}/memory.max_usage_in_bytes`);
      const memoryBytes = readNumber(`${own.memory}/memory.limit_in_bytes`);
      return {
        cpuMs: readNumber(`${own.cpuacct}/cpuacct.usage`) / 1e6,
        memoryPeakBytes,
        oomKills,
        wasFull: oomKills > 0 && memoryPeakBytes > memoryBytes - CHARGE_BYTES,
        processRefusals: readOfferedKey(`${own.pids}/pids.events`, 'max'),
      };
    },
    readSocketBytes: () => readOffered(`${own.memory}/memory.kmem.tcp.usage_in_bytes`),
    kill: () => killProcesses(own.pids),
    remove: async () => {
      for (const folder of distinct) await removeFolder(folder, () => killProcesses(folder));
    },
  };
}

function setLimits(own: Folders, { memory_mb, processes, cpus }: LeafLimits): void {
  const memory = memory_mb * MIB;
  // The limit of memory plus swap must never be below that of memory: raise it first, lower it last.
  const steps = [
    () => write(`${own.memory}/memory.limit_in_bytes`, memory),
    () => limitSwap(own.memory, memory),
  ];
  const raising = memory > readNumber(`${own.memory}/memory.limit_in_bytes`);
  for (const step of raising ? steps.toReversed() : steps) step();
  limitSockets(own.memory, Math.round(memory * SOCKET_PART));
  write(`${own.pids}/pids.max`, processes + NSJAIL_PROCESSES);
  write(`${own.cpu}/cpu.cfs_period_us`, CPU_PERIOD_US);
  write(`${own.cpu}/cpu.cfs_quota_us`, Math.round(cpus * CPU_PERIOD_US));
}

/** Bounds swap. Kernels without swap accounting lack the file; swapping is turned off for the leaf then. */
function limitSwap(folder: string, bytes: number): void {
  const file = `${folder}/memory.memsw.limit_in_bytes`;
  if (existsSync(file)) write(file, bytes);
  else write(`${folder}/memory.swappiness`, 0);
}

/**
 * Bounds the buffers of sockets over IP, UDP's too. The kernel counts them apart from other memory, and only after
 * this limit was set once (mem_cgroup_sk_alloc). At the limit data waits or is dropped, except the first packet of
 * every socket; nothing is killed.
 */
function limitSockets(folder: string, bytes: number): void {
  const file = `${folder}/memory.kmem.tcp.limit_in_bytes`;
  if (existsSync(file)) write(file, bytes);
}
