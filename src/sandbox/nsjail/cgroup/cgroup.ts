import type { Limits } from '../../../core/contract/limits.ts';

/** Limits of a leaf that the kernel enforces. */
export type LeafLimits = Pick<Limits, 'memory_mb' | 'processes' | 'cpus'>;

/** Counters of a leaf since an execution got it. */
export interface LeafUsage {
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
  readonly oomKills: number;
  /**
   * True when the leaf reached its own memory limit; otherwise a kill was for the memory of a cgroup above it, or of
   * the host.
   */
  readonly wasFull: boolean;
  readonly processRefusals: number;
}

/** The cgroup of one execution. */
export interface Leaf {
  /** Files to which a process writes `0` to enter the leaf. */
  readonly joinFiles: readonly string[];
  setLimits(limits: LeafLimits): void;
  /** Returns the CPU time of all its processes so far, in milliseconds. @throws Error when it cannot be read. */
  readCpuMs(): number;
  /**
   * Returns its counters; undefined when somebody removed the leaf, so that nothing is known and nothing was bounded.
   * @throws Error when they cannot be read.
   */
  readUsage(): LeafUsage | undefined;
  /**
   * Returns the bytes of its socket buffers, where the kernel counts them apart from memory. @throws Error when they
   * cannot be read.
   */
  readSocketBytes?(): number;
  /**
   * Stops all its processes, or lets them go on; only where the kernel can, and the leaf was made for it. `kill` ends
   * stopped ones too. @throws Error when it cannot be written.
   */
  freeze?(isFrozen: boolean): void;
  /** Kills every process in it; they may still be dying when this returns. */
  kill(): void;
  /** Resolves when the leaf is empty and removed. @throws Error when its processes do not end. */
  remove(): Promise<void>;
  /**
   * The same, but another execution may get the leaf. Only when every process that was to enter it has ended: one on its way
   * cannot enter a leaf that is removed.
   */
  giveBack(): Promise<void>;
}

export interface LeafOptions {
  /** True for a leaf that can be frozen, where the host offers that; no other execution gets it. */
  readonly freezes?: boolean | undefined;
}

/** The service's own part of the cgroup tree: the parent of its leaves. */
export interface CgroupTree {
  readonly version: 1 | 2;
  /** Folders of the service's leaves, one for each hierarchy. */
  readonly folders: readonly string[];
  createLeaf(name: string, limits: LeafLimits, options?: LeafOptions): Leaf;
  /** Removes the folders; every leaf must be gone. */
  close(): Promise<void>;
}

/** No cgroup can be used on this host. The message names no part of the host; `detail` is for the operator. */
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

/** Period for which the kernel accounts bandwidth, in microseconds; its own default. */
export const CPU_PERIOD_US = 100_000;

/** nsjail itself runs in the leaf, besides the jailed processes. */
export const NSJAIL_PROCESSES = 1;

/**
 * Share of a leaf's memory limit that its socket buffers may take in addition, where the kernel counts them apart.
 */
export const SOCKET_PART = 1 / 4;
