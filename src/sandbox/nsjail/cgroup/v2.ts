import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../../core/contract/limits.ts';
import {
  CgroupUnavailable,
  CPU_PERIOD_US,
  NSJAIL_PROCESSES,
  type CgroupTree,
  type Leaf,
  type LeafLimits,
} from './cgroup.ts';
import {
  killProcesses,
  makeFolders,
  readKeyed,
  readOffered,
  readOfferedKey,
  readProcesses,
  readText,
  removeFolder,
  write,
  removeIfUnused,
} from './files.ts';
import type { CgroupMount } from './mounts.ts';

const needed = ['memory', 'pids', 'cpu'] as const;
/** Cgroup of the service's own processes, beside the one of its jails. */
const SUPERVISOR = 'supervisor';
const REMEDY =
  'Start the service in a delegated cgroup (systemd: Delegate=yes), as root, or name a delegated folder in BRIG_CGROUP_PARENT.';

/**
 * Returns the parent folder of jails, with its controllers enabled.
 *
 * A v2 cgroup has either processes or controllers for its children, never both (cgroup-v2.rst, "No Internal Process
 * Constraint"). When the service may use no cgroup but its own, its processes move into a child first.
 * @throws CgroupUnavailable
 */
export function locateV2(
  mounts: readonly CgroupMount[],
  parent: string | undefined,
  isRoot: boolean,
): string {
  const mount = mounts.find(({ version }) => version === 2);
  if (mount === undefined) throw new CgroupUnavailable('No cgroup hierarchy is mounted.', REMEDY);
  const own = parent ?? (isRoot ? '/' : leaveSupervisor(mount.own));
  const base = join(mount.point, own);
  const folder = join(base, 'brig');
  try {
    enableControllers(base);
    checkPassage(join(mount.point, commonAncestor(mount.own, own)));
    mkdirSync(folder, { recursive: true });
    enableControllers(folder);
  } catch (error) {
    if (error instanceof CgroupUnavailable) throw error;
    throw new CgroupUnavailable('The cgroup cannot be used.', REMEDY, `${base}: ${(error as Error).message}`);
  }
  return folder;
}

/**
 * Returns the original cgroup of a process that an earlier service moved into `supervisor`, such as a shell that
 * starts the next service.
 */
function leaveSupervisor(own: string): string {
  return own.endsWith(`/${SUPERVISOR}`) ? own.slice(0, -SUPERVISOR.length - 1) : own;
}

/**
 * Checks that a process may move between two cgroups: the kernel requires write access to their common ancestor
 * ("Delegation Containment").
 */
function checkPassage(folder: string): void {
  const file = join(folder, 'cgroup.procs');
  try {
    accessSync(file, constants.W_OK);
  } catch {
    throw new CgroupUnavailable(
      'The cgroup cannot be used.',
      `${REMEDY} The service itself has to run below that folder.`,
      `${file} is not writable`,
    );
  }
}

/** Returns the deepest folder that contains both, or is one of them; `/` at the least. */
export function commonAncestor(one: string, other: string): string {
  const parts = toSegments(one);
  const others = toSegments(other);
  const differing = parts.findIndex((part, index) => part !== others[index]);
  return `/${(differing < 0 ? parts : parts.slice(0, differing)).join('/')}`;
}

const toSegments = (path: string): string[] => path.split('/').filter((part) => part !== '');

function enableControllers(folder: string): void {
  const offered = readText(`${folder}/cgroup.controllers`).trim().split(' ');
  const lacking = needed.filter((name) => !offered.includes(name));
  if (lacking.length > 0) {
    throw new CgroupUnavailable(`The cgroup does not offer ${lacking.join(', ')}.`, REMEDY, folder);
  }
  const enabled = readText(`${folder}/cgroup.subtree_control`).trim().split(' ');
  if (needed.every((name) => enabled.includes(name))) return;
  // The root of the tree is exempt from the constraint, and is the only cgroup without this file.
  if (existsSync(`${folder}/cgroup.type`)) moveProcessesAway(folder);
  write(`${folder}/cgroup.subtree_control`, needed.map((name) => `+${name}`).join(' '));
}

function moveProcessesAway(folder: string): void {
  const child = join(folder, SUPERVISOR);
  for (let round = 0; round < 10; round += 1) {
    const processes = readProcesses(folder);
    if (processes.length === 0) return;
    mkdirSync(child, { recursive: true });
    for (const pid of processes) {
      try {
        write(`${child}/cgroup.procs`, pid);
      } catch (error) {
        // ESRCH: it ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

export function createV2Tree(parent: string, name: string): CgroupTree {
  const folder = join(parent, name);
  const make = (): void => {
    mkdirSync(folder, { recursive: true });
    write(`${folder}/cgroup.subtree_control`, needed.map((controller) => `+${controller}`).join(' '));
  };
  try {
    make();
  } catch (error) {
    throw new CgroupUnavailable('No cgroup can be made.', REMEDY, (error as Error).message);
  }
  return {
    version: 2,
    folders: [folder],
    createLeaf: (leaf, limits) => {
      // The sweep of another service may have removed the folder while it was empty.
      if (!existsSync(folder)) make();
      return createLeaf(join(folder, leaf), limits);
    },
    close: async () => {
      await removeFolder(folder, () => undefined);
      removeIfUnused(parent);
    },
  };
}

function createLeaf(folder: string, limits: LeafLimits): Leaf {
  makeFolders([folder], () => setLimits(folder, limits));
  const readCpuMs = (): number => readKeyed(`${folder}/cpu.stat`, 'usage_usec') / 1e3;
  const kill = (): void => {
    try {
      write(`${folder}/cgroup.kill`, 1);
    } catch {
      // Before Linux 5.14, or the leaf is gone.
      killProcesses(folder);
    }
  };
  const remove = (): Promise<void> => removeFolder(folder, kill);
  return {
    joinFiles: [join(folder, 'cgroup.procs')],
    setLimits: (changed) => setLimits(folder, changed),
    readCpuMs,
    readUsage: () => {
      if (!existsSync(folder)) return undefined;
      const oomKills = readKeyed(`${folder}/memory.events`, 'oom_kill');
      return {
        cpuMs: readCpuMs(),
        // Since Linux 5.19.
        memoryPeakBytes: readOffered(`${folder}/memory.peak`),
        oomKills,
        // The kernel counts `oom` at the cgroup whose limit was reached, and `oom_kill` at that of the process
        // (cgroup-v2.rst).
        wasFull: oomKills > 0 && readKeyed(`${folder}/memory.events`, 'oom') > 0,
        processRefusals: readOfferedKey(`${folder}/pids.events`, 'max'),
      };
    },
    kill,
    // Since Linux 5.2.
    ...(existsSync(`${folder}/cgroup.freeze`)
      ? { freeze: (isFrozen: boolean) => write(`${folder}/cgroup.freeze`, isFrozen ? 1 : 0) }
      : {}),
    // The kernel resets the peak of memory for one open file alone, and only since Linux 6.12.
    giveBack: remove,
    remove,
  };
}

function setLimits(folder: string, { memory_mb, processes, cpus }: LeafLimits): void {
  write(`${folder}/memory.max`, memory_mb * MIB);
  // Absent when the kernel was built without swap, so there is none to bound.
  if (existsSync(`${folder}/memory.swap.max`)) write(`${folder}/memory.swap.max`, 0);
  write(`${folder}/pids.max`, processes + NSJAIL_PROCESSES);
  write(`${folder}/cpu.max`, `${Math.round(cpus * CPU_PERIOD_US)} ${CPU_PERIOD_US}`);
}
