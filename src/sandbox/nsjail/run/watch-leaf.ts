import type { Stop } from '../../../core/evidence.ts';
import type { Limits } from '../../../core/limits.ts';
import { JailFailure } from '../../sandbox.ts';
import { MIB, SOCKET_PART, type Leaf } from '../cgroup/cgroup.ts';

/** How often what the kernel counts but does not stop is compared with its limit, which can be passed by this much. */
const WATCH_MS = 50;
/** For so long nothing may be known of a leaf: a service without a descriptor to spare can read nothing. */
const MOST_BLIND_MS = 1000;

const REMOVED = 'The cgroup of an execution was removed while it ran.';

export interface LeafWatch {
  readonly limits: Limits;
  /** CPU time of the leaf when the execution began, in milliseconds. */
  readonly cpuBefore: number;
  readonly onStop: (stop: Stop) => void;
  /** A limit is not watched any more, so it does not hold. */
  readonly onBlind: (failure: JailFailure) => void;
}

/**
 * Watches what the cgroup counts of all processes together and does not stop: CPU time below what the deadline allows anyway,
 * and buffers of sockets where they are counted apart from memory: their limit slows them down, twice that ends the execution.
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

/** Reads or writes what an execution's cgroup has. @throws JailFailure where that fails: a limit or a count is not known then. */
export function atLeaf<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw toFailure(error);
  }
}

/** Its files cannot be opened, or what was opened is dead. */
const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

const toFailure = (error: unknown): JailFailure =>
  new JailFailure(isGone(error) ? REMOVED : 'The cgroup of an execution could not be used.', {
    detail: (error as Error).message,
    cause: error,
  });
