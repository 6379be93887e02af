import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Leaf } from '../cgroup/cgroup.ts';
import { watchLeaf } from './watch-leaf.ts';

const limits = {
  ...{ timeout: 10, cpu_time: 1, cpus: 1, memory_mb: 64, processes: 64 },
  ...{ output_bytes: 1000, disk_mb: 64, open_files: 256 },
};
const failWith = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

function watch(readCpuMs: () => number, readSocketBytes?: () => number) {
  const leaf = { readCpuMs, readSocketBytes } as Leaf;
  const told = { onStop: vi.fn(), onBlind: vi.fn() };
  return { ...told, timer: watchLeaf(leaf, { limits, cpuBefore: 0, ...told }) };
}

describe('watchLeaf', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends what used up its CPU time, or fills sockets', () => {
    const burning = watch(() => 1000);
    const flooding = watch(
      () => 0,
      () => 33 * 2 ** 20,
    );
    vi.advanceTimersByTime(100);
    expect(burning.onStop).toHaveBeenCalledWith({ reason: 'cpu_time' });
    expect(flooding.onStop).toHaveBeenCalledWith({ reason: 'socket_memory' });
  });

  it('takes what cannot be read for unknown, and not for nothing: for a second at most', () => {
    const { onStop, onBlind } = watch(failWith('EMFILE'));
    vi.advanceTimersByTime(900);
    expect(onBlind).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(onBlind).toHaveBeenCalledWith(expect.objectContaining({ name: 'JailFailure' }));
    expect(onStop).not.toHaveBeenCalled();
  });

  it('bears a lack that passes', () => {
    let count = 0;
    const { onStop, onBlind } = watch(() => ((count += 1) % 10 === 0 ? 5 : failWith('EMFILE')()));
    vi.advanceTimersByTime(5000);
    expect(onBlind).not.toHaveBeenCalled();
    expect(onStop).not.toHaveBeenCalled();
  });

  it.each(['ENOENT', 'ENODEV'])('tells at once when the cgroup is gone: %s', (code) => {
    const { onBlind } = watch(failWith(code));
    vi.advanceTimersByTime(60);
    expect(onBlind).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'The cgroup of an execution was removed while it ran.' }),
    );
  });

  it('is blind where sockets alone cannot be counted', () => {
    const { onBlind } = watch(() => 0, failWith('EMFILE'));
    vi.advanceTimersByTime(1200);
    expect(onBlind).toHaveBeenCalled();
  });
});
