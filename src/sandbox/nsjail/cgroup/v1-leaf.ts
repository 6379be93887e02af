import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../../core/contract/limits.ts';
import { isGone } from './at-leaf.ts';
import { CPU_PERIOD_US, NSJAIL_PROCESSES, SOCKET_PART, type LeafLimits, type LeafUsage } from './cgroup.ts';
import { killProcesses, makeFolders, readNumber, readText, removeFolder, retry, write } from './files.ts';
import { openFile, openOffered, type OpenFile } from './open-files.ts';
import type { ReusableLeaf } from './reuse-leaves.ts';

/** Controllers, each of which may have a hierarchy of its own. */
export const needed = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
export type Folders = Readonly<Record<(typeof needed)[number], string>>;

/**
 * More than the kernel charges at once: a kill this close below the limit was for the limit. `memory.failcnt` would
 * show it directly, but not every kernel counts it.
 */
const CHARGE_BYTES = 4 * MIB;

/**
 * Maximum bytes that may still be charged to a leaf when another execution gets it: what the kernel frees late, and what
 * each processor keeps for its next charges; after plain scripts some 4 to 180 KiB. A leaf that pays for more, such as
 * files of the image which its execution was the first to read, is removed.
 */
const LEFT_BYTES = MIB / 2;

/** Files that stay open for as long as the leaf is there. Their number is in the plan of file descriptors. */
interface Files {
  readonly cpu: OpenFile;
  readonly oomControl: OpenFile;
  readonly memory: OpenFile;
  readonly memoryPeak: OpenFile;
  readonly sockets: OpenFile | undefined;
  readonly processes: OpenFile;
  readonly processEvents: OpenFile | undefined;
}

/** Makes the folders of a leaf, and sets its limits. @throws Error when that fails; nothing is left then. */
export function createV1Leaf(
  parents: Folders,
  name: string,
  limits: LeafLimits,
  freezerParent: string | undefined,
): ReusableLeaf {
  const own = Object.fromEntries(
    needed.map((controller) => [controller, join(parents[controller], name)]),
  ) as Folders;
  const freezer = freezerParent && join(freezerParent, name);
  const distinct = [...new Set([...Object.values(own), ...(freezer === undefined ? [] : [freezer])])];
  let files: Files | undefined;
  makeFolders(distinct, () => {
    setLimits(own, limits);
    files = openFiles(own);
  });
  if (files === undefined) throw new Error('The files of a leaf were not opened.');
  const leaf = followLeaf(own, distinct, files, limits, () => thaw(freezer));
  if (freezer === undefined) return leaf;
  return { ...leaf, freeze: (isFrozen) => write(`${freezer}/freezer.state`, isFrozen ? 'FROZEN' : 'THAWED') };
}

function followLeaf(
  own: Folders,
  distinct: readonly string[],
  files: Files,
  firstLimits: LeafLimits,
  letGo: () => void,
): ReusableLeaf {
  /** Undefined while it is not known which ones hold. */
  let limits: LeafLimits | undefined = firstLimits;
  /** Values, when the present execution got the leaf, of the counters that cannot be reset. */
  let before = { cpuNs: 0, oomKills: 0, refusals: 0 };
  const readCounters = () => ({
    cpuNs: files.cpu.readNumber(),
    oomKills: files.oomControl.readKeyed('oom_kill'),
    refusals: files.processEvents?.readKeyed('max') ?? 0,
  });
  const change = (changed: LeafLimits): void => {
    limits = undefined;
    setLimits(own, changed);
    limits = changed;
  };
  const readUsage = (): LeafUsage => {
    const { cpuNs, oomKills: kills, refusals } = readCounters();
    const oomKills = kills - before.oomKills;
    const memoryPeakBytes = files.memoryPeak.readNumber();
    const memoryBytes = oomKills > 0 ? readNumber(`${own.memory}/memory.limit_in_bytes`) : 0;
    return {
      cpuMs: (cpuNs - before.cpuNs) / 1e6,
      memoryPeakBytes,
      oomKills,
      wasFull: oomKills > 0 && memoryPeakBytes > memoryBytes - CHARGE_BYTES,
      processRefusals: refusals - before.refusals,
    };
  };
  const kill = (): void => {
    killProcesses(own.pids);
    // The kernel of cgroup v1 ends no process that is frozen.
    letGo();
  };
  /** Hierarchies without a count of their processes, whose lists are read. */
  const uncounted = distinct.filter((folder) => folder !== own.pids);
  return {
    // `tasks` instead of `cgroup.procs`: moving a single thread does not wait for an RCU grace period (about 8 ms).
    joinFiles: distinct.map((folder) => join(folder, 'tasks')),
    setLimits: change,
    readCpuMs: () => (files.cpu.readNumber() - before.cpuNs) / 1e6,
    readUsage: () => {
      try {
        return existsSync(own.cpu) ? readUsage() : undefined;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    readSocketBytes: () => files.sockets?.readNumber() ?? 0,
    kill,
    empty: () =>
      retry(kill, (isLast) => {
        if (files.processes.readNumber() === 0) return true;
        if (isLast) throw new Error('the processes of a leaf do not end');
        return false;
      }),
    renew: (wanted) => {
      if (limits === undefined || files.processes.readNumber() !== 0) return false;
      if (!uncounted.every((folder) => readText(`${folder}/tasks`) === '')) return false;
      if (files.memory.readNumber() > LEFT_BYTES || (files.sockets?.readNumber() ?? 0) > 0) return false;
      if (!areSame(limits, wanted)) change(wanted);
      files.memoryPeak.write(0);
      before = readCounters();
      return true;
    },
    remove: async () => {
      try {
        for (const folder of distinct) await removeFolder(folder, kill);
      } finally {
        closeFiles(files);
      }
    },
  };
}

function thaw(freezer: string | undefined): void {
  if (freezer === undefined) return;
  try {
    write(`${freezer}/freezer.state`, 'THAWED');
  } catch {
    // It is gone.
  }
}

const areSame = (one: LeafLimits, other: LeafLimits): boolean =>
  one.memory_mb === other.memory_mb && one.processes === other.processes && one.cpus === other.cpus;

function openFiles(own: Folders): Files {
  const opened: OpenFile[] = [];
  const keep = <T extends OpenFile | undefined>(file: T): T => {
    if (file !== undefined) opened.push(file);
    return file;
  };
  try {
    return {
      cpu: keep(openFile(`${own.cpuacct}/cpuacct.usage`)),
      oomControl: keep(openFile(`${own.memory}/memory.oom_control`)),
      memory: keep(openFile(`${own.memory}/memory.usage_in_bytes`)),
      memoryPeak: keep(openFile(`${own.memory}/memory.max_usage_in_bytes`, 'r+')),
      sockets: keep(openOffered(`${own.memory}/memory.kmem.tcp.usage_in_bytes`)),
      processes: keep(openFile(`${own.pids}/pids.current`)),
      processEvents: keep(openOffered(`${own.pids}/pids.events`)),
    };
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

function closeFiles(files: Files): void {
  for (const file of Object.values(files) as readonly (OpenFile | undefined)[]) file?.close();
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
