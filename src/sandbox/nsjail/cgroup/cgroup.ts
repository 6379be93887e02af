import type { Limits } from '../../../core/limits.ts';

/** The limits of a leaf that the kernel holds. */
export type LeafLimits = Pick<Limits, 'memory_mb' | 'processes' | 'cpus'>;

/** What a leaf has counted since it was made (CPU) or since it was made or reset (peak). */
export interface LeafUsage {
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
  readonly oomKills: number;
  /** Whether its own limit of memory was reached; a kill without it was for the memory of a cgroup above, or of the host. */
  readonly wasFull: boolean;
  readonly processRefusals: number;
}

/** The cgroup of one execution. */
export interface Leaf {
  /** Files to which a process writes `0` to move itself into the leaf. */
  readonly joinFiles: readonly string[];
  setLimits(limits: LeafLimits): void;
  /** CPU time of all its processes so far, in milliseconds. @throws Error where it cannot be read. */
  readCpuMs(): number;
  /** Undefined where somebody has removed it: then nothing is known, and nothing was bounded. @throws Error where it cannot be read. */
  readUsage(): LeafUsage | undefined;
  /** Bytes of the buffers of its sockets, where the kernel counts them beside the limit of memory. @throws Error where they cannot be read. */
  readSocketBytes?(): number;
  /** Ends every process in it; they may still be dying when this returns. */
  kill(): void;
  /** Resolves when it is empty and gone. @throws Error when its processes do not end. */
  remove(): Promise<void>;
}

/** The service's own part of the cgroup tree: the parent of its leaves. */
export interface CgroupTree {
  readonly version: 1 | 2;
  /** Folders that hold the service's leaves, one for each hierarchy. */
  readonly folders: readonly string[];
  createLeaf(name: string, limits: LeafLimits): Leaf;
  /** Removes the folders; every leaf has to be gone. */
  close(): Promise<void>;
}

/** No cgroup can be used on this host. The message holds nothing of it; `detail` is for the operator. */
export class CgroupUnavailable extends Error {
  override readonly name = 'CgroupUnavailable';
  readonly remedy: string;
  readonly detail: string | undefined;

  constructor(message: string, remedy: string, detail?: string) {
    super(message);
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** The kernel accounts bandwidth per period; 100 ms is its own default. */
export const CPU_PERIOD_US = 100_000;

/** nsjail itself runs in the leaf, beside what it jails. */
export const OWN_PROCESSES = 1;

/** The part of a leaf's memory that the buffers of its sockets may take beside it where the kernel counts them apart. */
export const SOCKET_PART = 1 / 4;

export const MIB = 1024 * 1024;
