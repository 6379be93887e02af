import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LeafLimits } from './cgroup.ts';
import { MOST_RESTING, reuseLeaves, type ReusableLeaf } from './reuse-leaves.ts';

const limits: LeafLimits = { memory_mb: 64, processes: 8, cpus: 1 };

const makeLeaf = () => ({
  joinFiles: [],
  setLimits: vi.fn<ReusableLeaf['setLimits']>(),
  readCpuMs: vi.fn(() => 7),
  readUsage: vi.fn<ReusableLeaf['readUsage']>(),
  readSocketBytes: vi.fn(() => 3),
  kill: vi.fn<ReusableLeaf['kill']>(),
  remove: vi.fn(() => Promise.resolve()),
  empty: vi.fn(() => Promise.resolve()),
  renew: vi.fn(() => true),
});

const create = () => {
  const made: ReturnType<typeof makeLeaf>[] = [];
  const leaves = reuseLeaves({
    make: () => {
      const leaf = makeLeaf();
      made.push(leaf);
      return leaf;
    },
  });
  const use = async (): Promise<void> => leaves.create('a', limits).giveBack();
  return { leaves, made, use };
};

describe('reuseLeaves', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives a leaf out again that has rested, with the limits of the next execution', async () => {
    const { leaves, made, use } = create();
    await use();
    await vi.advanceTimersByTimeAsync(200);
    const other = { ...limits, memory_mb: 128 };
    leaves.create('b', other);
    expect(made).toHaveLength(1);
    expect(made[0]?.renew).toHaveBeenCalledExactlyOnceWith(other);
    expect(made[0]?.remove).not.toHaveBeenCalled();
  });

  it('makes another one while none has rested for long enough', async () => {
    const { made, use } = create();
    await use();
    await vi.advanceTimersByTimeAsync(100);
    await use();
    expect(made).toHaveLength(2);
  });

  it.each([
    ['is not as good as new', () => false],
    [
      'cannot be read',
      () => {
        throw new Error('ENODEV');
      },
    ],
  ])('removes one that %s', async (_, renew) => {
    const { leaves, made, use } = create();
    await use();
    made[0]?.renew.mockImplementation(renew);
    await vi.advanceTimersByTimeAsync(200);
    leaves.create('b', limits);
    expect(made).toHaveLength(2);
    expect(made[0]?.remove).toHaveBeenCalledOnce();
  });

  it('removes one that does not get empty, and says why it cannot', async () => {
    const { leaves, made } = create();
    const leaf = leaves.create('a', limits);
    made[0]?.empty.mockRejectedValue(new Error('still there'));
    made[0]?.remove.mockRejectedValue(new Error('EBUSY'));
    await expect(leaf.giveBack()).rejects.toThrow('EBUSY');
    await vi.advanceTimersByTimeAsync(200);
    leaves.create('b', limits);
    expect(made).toHaveLength(2);
  });

  it('keeps none that a process may still be about to enter', async () => {
    const { leaves, made } = create();
    await leaves.create('a', limits).remove();
    expect(made[0]?.empty).not.toHaveBeenCalled();
    expect(made[0]?.remove).toHaveBeenCalledOnce();
  });

  it('keeps few of them, and none for long', async () => {
    const { leaves, made } = create();
    const some = Array.from({ length: MOST_RESTING + 2 }, () => leaves.create('a', limits));
    for (const leaf of some) await leaf.giveBack();
    const removed = (): number => made.filter(({ remove }) => remove.mock.calls.length > 0).length;
    expect(removed()).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(removed()).toBe(made.length);
  });

  it('removes those that rest when it is closed, and keeps none afterwards', async () => {
    const { leaves, made, use } = create();
    const late = leaves.create('a', limits);
    await use();
    await leaves.close();
    expect(made[1]?.remove).toHaveBeenCalledOnce();
    await late.giveBack();
    expect(made[0]?.remove).toHaveBeenCalledOnce();
  });

  it('hands out leaves that are dead after their end: another execution may be behind them', async () => {
    const { leaves, made } = create();
    const leaf = leaves.create('a', limits);
    expect([leaf.readCpuMs(), leaf.readSocketBytes?.()]).toEqual([7, 3]);
    const ending = leaf.giveBack();
    expect(leaf.remove()).toBe(ending);
    leaf.kill();
    expect(made[0]?.kill).not.toHaveBeenCalled();
    expect(leaf.readUsage()).toBeUndefined();
    expect(() => leaf.readCpuMs()).toThrow('given back');
    expect(() => leaf.readSocketBytes?.()).toThrow('given back');
    expect(() => leaf.setLimits(limits)).toThrow('given back');
    await ending;
  });
});
