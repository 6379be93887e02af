import type { Stop } from '../../../core/contract/evidence.ts';
import { MIB, type Limits } from '../../../core/contract/limits.ts';
import type { JailFailure } from '../../sandbox.ts';
import { isGone, toFailure } from '../cgroup/at-leaf.ts';
import { SOCKET_PART, type Leaf } from '../cgroup/cgroup.ts';

/**
 * Interval in milliseconds of comparing counters with limits that the kernel does not enforce; a limit can be
 * exceeded for this long.
 */
const WATCH_MS = 50;
/**
 * Longest time in milliseconds without a reading of the leaf: a service that is out of file descriptors can read
 * nothing.
 */
const MOST_BLIND_MS = 1000;

export interface LeafWatch {
  readonly limits: Limits;
  /** CPU time of the leaf when the execution began, in milliseconds. */
  readonly cpuBefore: number;
  readonly onStop: (stop: Stop) => void;
  /** Called when a limit can no longer be watched, and so does not hold. */
  readonly onBlind: (failure: JailFailure) => void;
}

/**
 * Watches counters of the whole cgroup that the kernel does not enforce: CPU time, if its limit is below what the
 * deadline permits, and socket buffers, where they are counted apart from memory. At their limit the kernel slows
 * them down; at twice that the execution ends.
 */
export function watchLeaf(
  leaf: Leaf,
  { limits, cpuBefore, onStop, onBlind }: LeafWatch,
): ReturnType<typeof setInterval> {
  const isCpuBound = limits.cpu_time < limits.timeout * limits.cpus;
  const mostSocketBytes = 2 * SOCKET_PART * limits.memory_mb * MIB;
  let seenAt = performance.now();
  const check = (): void => {
    try {
      const cpuMs = leaf.readCpuMs() - cpuBefore;
      const socketBytes = leaf.readSocketBytes?.() ?? 0;
      seenAt = performance.now();
      if (isCpuBound && cpuMs >= limits.cpu_time * 1000) onStop({ reason: 'cpu_time' });
      if (socketBytes > mostSocketBytes) onStop({ reason: 'socket_memory' });
    } catch (error) {
      if (isGone(error) || performance.now() - seenAt >= MOST_BLIND_MS) onBlind(toFailure(error));
    }
  };
  return setInterval(check, WATCH_MS);
}
