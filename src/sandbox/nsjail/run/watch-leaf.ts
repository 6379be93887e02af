import type { Stop } from '../../../core/contract/evidence.ts';
import type { Limits } from '../../../core/contract/limits.ts';
import { JailFailure } from '../../sandbox.ts';
import { MIB, SOCKET_PART, type Leaf } from '../cgroup/cgroup.ts';

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

const REMOVED = 'The cgroup of an execution was removed while it ran.';

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

/**
 * Reads or writes the cgroup of an execution. @throws JailFailure when that fails, because a limit or a counter is
 * unknown then.
 */
export function atLeaf<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw toFailure(error);
  }
}

/** True when its files cannot be opened, or an open one is dead. */
const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

const toFailure = (error: unknown): JailFailure =>
  new JailFailure(isGone(error) ? REMOVED : 'The cgroup of an execution could not be used.', {
    detail: (error as Error).message,
    cause: error,
  });
