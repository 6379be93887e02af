import { limits } from '../core/contract/limits.test-support.ts';
import { availableParallelism } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { createFakeSandbox } from '../sandbox/fake-sandbox.test-support.ts';
import { JailFailure, type JailEnvironment } from '../sandbox/sandbox.ts';
import { warmJails, type WarmJailOptions } from './warm-jails.ts';

const numpy: JailEnvironment = { id: 'numpy', folder: '/packages', preload: ['numpy'], variables: {} };

function open(options: Partial<WarmJailOptions> = {}, sandbox = createFakeSandbox()) {
  const warm = warmJails(sandbox, {
    ...{ defaults: limits, maxTimeout: 100, min: 1, max: 2, maxKinds: 2, maxAge: 60 },
    ...options,
  });
  return { warm, sandbox };
}

const oneWaits = (warm: ReturnType<typeof open>['warm'], count = 1) =>
  vi.waitFor(() => expect(warm.counts().warm).toBe(count));

const createForkingSandbox = () => Object.assign(createFakeSandbox(), { isolation: 'template' as const });

const refuse = (): never => {
  throw new JailFailure('no cgroup');
};

describe('warmJails', () => {
  it('hands out a jail that waited, once, and has another wait', async () => {
    const { warm, sandbox } = open();
    await oneWaits(warm);
    const [first] = sandbox.open;
    const jail = await warm.lease({ ...limits, memory_mb: 64 });
    expect(await jail.run({ entry: { kind: 'script' } } as never)).toMatchObject({
      limits: { memory_mb: 64 },
    });
    expect(warm.counts()).toMatchObject({ taken: 1, cold: 0 });
    await oneWaits(warm);
    expect([...sandbox.open][0]).toBe(first);
    await Promise.all([jail[Symbol.asyncDispose](), jail[Symbol.asyncDispose]()]);
    expect(sandbox.open.has(first as object)).toBe(false);
    await jail.gone;
    await warm.close();
    expect(sandbox.open.size).toBe(0);
    expect(sandbox.isClosed).toBe(true);
  });

  it('starts one for the occasion where what waits cannot be changed', async () => {
    const { warm, sandbox } = open();
    await oneWaits(warm);
    await using jail = await warm.lease({ ...limits, disk_mb: 5 });
    expect(sandbox.leases.at(-1)?.limits.disk_mb).toBe(5);
    jail.setLimits({ ...limits, disk_mb: 5, cpus: 2 });
    expect(warm.canChange(limits, { ...limits, disk_mb: 5 })).toBe(false);
    expect(warm.identity).toBe(sandbox.identity);
    await warm.close();
  });

  it('gives a script that uses what is imported ahead a jail that has imported it', async () => {
    const { warm, sandbox } = open();
    warm.keepWarm(numpy);
    await oneWaits(warm, 2);
    const preloadOf = () => sandbox.leases.map(({ options }) => options.preload?.join(',') ?? '');
    expect(preloadOf().filter((modules) => modules === 'numpy')).toHaveLength(1);
    const asks = { environment: numpy, prefersPreloaded: true };
    await using preloaded = await warm.lease(limits, asks);
    expect(preloaded).toBeDefined();
    const taken = warm.counts().taken;
    // Imported modules have filled memory, so a smaller limit gets a fresh jail.
    await using small = await warm.lease({ ...limits, memory_mb: 64 }, asks);
    expect(small).toBeDefined();
    expect(warm.counts().taken).toBe(taken + 1);
    // The first lease of a kind that is not pinned waits for its jail.
    await using other = await warm.lease(limits, {
      environment: { ...numpy, id: 'other' },
      prefersPreloaded: true,
    });
    expect(other).toBeDefined();
    warm.keepWarm(undefined);
    await warm.close();
    expect(warm.counts().warm).toBe(0);
  });

  it('gives such a script a fork of a template that has imported it, and waits for that', async () => {
    const { warm, sandbox } = open({}, createForkingSandbox());
    const owned = { ...numpy, isOperators: true };
    warm.keepWarm(owned);
    await oneWaits(warm, 2);
    const asks = { environment: owned, prefersPreloaded: true };
    const taken = warm.counts().taken;
    for (let turn = 0; turn < 3; turn += 1)
      await (await warm.lease({ ...limits, memory_mb: 64 }, asks))[Symbol.asyncDispose]();
    expect(warm.counts().taken).toBe(taken + 3);
    // Other cores want a template whose libraries know of them, and another size another jail.
    for (const changed of [
      { ...limits, cpus: 3 },
      { ...limits, disk_mb: 5 },
    ]) {
      await using jail = await warm.lease(changed, asks);
      expect(jail).toBeDefined();
      expect(sandbox.leases.at(-1)?.options.prefersPreloaded).toBe(true);
    }
    await warm.close();
  });

  it('imports nothing in a template that a key chose', async () => {
    const { warm, sandbox } = open({}, createForkingSandbox());
    warm.keepWarm(numpy);
    await oneWaits(warm, 1);
    await using jail = await warm.lease(limits, { environment: numpy, prefersPreloaded: true });
    expect(jail).toBeDefined();
    expect(sandbox.leases.flatMap(({ options }) => options.preload ?? [])).toEqual([]);
    await warm.close();
  });

  it('keeps a program that was started ahead for those that allow it as much', async () => {
    const ahead = ['/node'] as const;
    const { warm, sandbox } = open({ ahead, shrinkAfter: 1 });
    await oneWaits(warm);
    expect(sandbox.leases[0]?.options.ahead).toBe(ahead);
    const made = sandbox.leases.length;
    await using small = await warm.lease({ ...limits, processes: 8 });
    expect(small).toBeDefined();
    expect(sandbox.leases.slice(made).some(({ limits: given }) => given.processes === 8)).toBe(true);
    await warm.close();
  });

  it('takes down a jail whose limits cannot be written', async () => {
    const sandbox = createFakeSandbox();
    const { lease } = sandbox;
    sandbox.lease = async (...asked) => ({ ...(await lease(...asked)), setLimits: refuse });
    const { warm } = open({}, sandbox);
    await oneWaits(warm);
    await expect(warm.lease(limits)).rejects.toThrow('no cgroup');
    await warm.close();
    expect(sandbox.open.size).toBe(0);
  });

  it('makes none while every core runs a script, and goes on after', async () => {
    const { warm } = open({ min: 2, max: 2 });
    await oneWaits(warm, 2);
    const cores = availableParallelism();
    const busy = await Promise.all(
      Array.from({ length: cores }, () => warm.lease({ ...limits, disk_mb: 1 })),
    );
    const jail = await warm.lease(limits);
    expect(warm.counts().warm).toBeLessThanOrEqual(2);
    for (const one of [jail, ...busy]) await one[Symbol.asyncDispose]();
    await oneWaits(warm, 2);
    await warm.close();
  });

  it('gives up with its caller', async () => {
    const { warm } = open(
      { min: 0 },
      createFakeSandbox(undefined, () => new Promise(() => undefined)),
    );
    const away = new AbortController();
    const asking = warm.lease(limits, { signal: away.signal });
    away.abort(new Error('away'));
    await expect(asking).rejects.toThrow('away');
  });
});
