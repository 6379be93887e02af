import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, type Pool, type Poolable, type PoolOptions } from './pool.ts';

interface Item extends Poolable {
  readonly id: number;
  die(): void;
  isDisposed: boolean;
}

const pools: Pool<Item>[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(options: Partial<PoolOptions<Item>> = {}) {
  const made: Item[] = [];
  const create = async (): Promise<Item> => {
    await sleep(2);
    const { promise: gone, resolve: die } = Promise.withResolvers<void>();
    const item: Item = {
      id: made.length,
      gone,
      die,
      isDisposed: false,
      [Symbol.asyncDispose]: () => {
        item.isDisposed = true;
        die();
        return Promise.resolve();
      },
    };
    made.push(item);
    return item;
  };
  const pool = createPool<Item>({
    create,
    min: 1,
    max: 3,
    maxAgeMs: 60_000,
    makersAtOnce: 1,
    hasSpareTime: () => true,
    shrinkAfterMs: 60_000,
    ...options,
  });
  pools.push(pool);
  return { pool, made };
}

const settled = (pool: Pool<Item>, warm: number) => expect.poll(() => pool.counts().warm).toBe(warm);

describe('createPool', () => {
  it('makes the fewest ahead and gives each out once', async () => {
    const { pool } = poolOf({ min: 2 });
    await settled(pool, 2);
    const [one, other] = await Promise.all([pool.take(), pool.take()]);
    expect(one.id).not.toBe(other.id);
    expect(pool.counts()).toMatchObject({ taken: 2, cold: 0 });
  });

  it('never makes more than the most, whatever the fewest are', async () => {
    const { pool, made } = poolOf({ min: 100, max: 2 });
    await settled(pool, 2);
    await sleep(50);
    expect(made).toHaveLength(2);
  });

  it('gives what waits to who would not wait, and keeps more ahead where nothing does', async () => {
    const { pool } = poolOf({ min: 0 });
    expect(pool.tryTake()).toBeUndefined();
    await settled(pool, 1);
    expect(pool.tryTake()?.isDisposed).toBe(false);
    expect(pool.counts()).toMatchObject({ taken: 1, cold: 0 });
    await pool.close();
    expect(pool.tryTake()).toBeUndefined();
    expect(pool.isClosed()).toBe(true);
  });

  it('makes one for who finds none, and keeps more ahead from then on', async () => {
    const { pool } = poolOf({ min: 0 });
    await pool.take();
    expect(pool.counts()).toMatchObject({ taken: 1, cold: 1 });
    await settled(pool, 1);
    await Promise.all([pool.take(), pool.take(), pool.take(), pool.take()]);
    await settled(pool, 3);
  });

  it('never hands out one that died waiting, and replaces it', async () => {
    const { pool, made } = poolOf();
    await settled(pool, 1);
    made[0]?.die();
    await expect.poll(() => made.length).toBe(2);
    await settled(pool, 1);
    expect((await pool.take()).id).toBe(1);
    expect(pool.counts().discarded).toBe(1);
  });

  it('replaces one that waited too long', async () => {
    const { pool, made } = poolOf({ maxAgeMs: 20 });
    await expect.poll(() => made.length).toBeGreaterThan(1);
    expect(made[0]?.isDisposed).toBe(true);
    expect(pool.counts().discarded).toBeGreaterThan(0);
  });

  it('shrinks when nobody comes', async () => {
    const { pool } = poolOf({ min: 0, shrinkAfterMs: 250 });
    await pool.take();
    await settled(pool, 1);
    await settled(pool, 0);
  });

  it('makes nothing ahead while there is no time for it', async () => {
    let isBusy = true;
    const { pool, made } = poolOf({ hasSpareTime: () => !isBusy });
    await sleep(20);
    expect(made).toHaveLength(0);
    isBusy = false;
    pool.refill();
    await settled(pool, 1);
  });

  it('fills its shelf again after a failure, though nobody comes', async () => {
    const failures = [new Error('no jail')];
    const { pool, made } = poolOf({
      create: async () => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return other.take();
      },
    });
    const { pool: other } = poolOf();
    expect(made).toEqual([]);
    await expect.poll(() => pool.counts(), { timeout: 5000 }).toMatchObject({ warm: 1, built: 1 });
  });

  it('tells who waits that making failed, and does not try again and again', async () => {
    let attempts = 0;
    const { pool } = poolOf({
      create: () => {
        attempts += 1;
        return Promise.reject(new Error('no'));
      },
    });
    await expect(pool.take()).rejects.toThrow('no');
    await sleep(30);
    expect(attempts).toBeLessThanOrEqual(2);
  });

  it('keeps what was made for one who left', async () => {
    const { pool } = poolOf({ min: 0 });
    const left = new AbortController();
    const taking = pool.take(left.signal);
    left.abort(new Error('left'));
    await expect(taking).rejects.toThrow('left');
    await settled(pool, 1);
  });

  it('ends what waits and what is being made when it is closed, and gives out nothing more', async () => {
    const { pool, made } = poolOf({ min: 2, makersAtOnce: 2 });
    await expect.poll(() => made.length).toBeGreaterThan(0);
    const waiting = Promise.all([pool.take(), pool.take(), pool.take()]).catch(
      (error: Error) => error.message,
    );
    await pool.close();
    await waiting;
    expect(pool.counts()).toMatchObject({ warm: 0, building: 0 });
    await expect(pool.take()).rejects.toThrow('closed');
  });
});
