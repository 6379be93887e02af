import { describe, expect, it, vi } from 'vitest';
import type { LayerReport } from '../core/contract/health.ts';
import { probeLimits } from '../sandbox/probe/attacks.ts';
import { JailFailure, type Jail, type Sandbox } from '../sandbox/sandbox.ts';
import { supplyJails, type SupplyOptions } from './jail-supply.ts';

const holds: LayerReport = { active: true, required: true, how: 'x', tried: 'y' };
const broken: LayerReport = { ...holds, active: false, reason: 'a file was read', remedy: 'mend it' };

function sandboxOf({
  lease = () => Promise.reject(new Error('not here')),
}: { lease?: Sandbox['lease'] } = {}) {
  return {
    enforcement: {
      memory: '',
      processes: '',
      cpu: '',
      network: '',
      filesystem: '',
      syscalls: '',
      identity: '',
    },
    isolation: 'nsjail',
    identity: '',
    lease: vi.fn(lease),
    canChange: () => true,
    close: vi.fn(() => Promise.resolve()),
  } satisfies Sandbox;
}

const supply = (options: Partial<SupplyOptions> = {}) =>
  supplyJails({
    open: () => Promise.resolve(sandboxOf()),
    probe: () => Promise.resolve({ memory: holds }),
    retry: 'request',
    ...options,
  });

describe('supplyJails', () => {
  it('opens nothing before it is asked, and once for all that ask', async () => {
    const sandbox = sandboxOf();
    const open = vi.fn(() => Promise.resolve(sandbox));
    const jails = supply({
      open,
      probe: () => Promise.resolve({ memory: holds, cpu: { ...broken, required: false } }),
    });
    expect(jails.current()).toMatchObject({ isReady: false, reason: 'The isolation was not probed yet.' });
    expect(open).not.toHaveBeenCalled();
    const [one, other] = await Promise.all([jails.ready(), jails.ready()]);
    expect(one).toBe(other);
    expect(open).toHaveBeenCalledOnce();
    expect(jails.current().isReady).toBe(true);
    await Promise.all([jails.close(), jails.close()]);
    expect(sandbox.close).toHaveBeenCalledOnce();
    await expect(jails.ready()).rejects.toThrow('The sandbox is closed.');
  });

  it('says how far it is, and ends an opening when it is closed', async () => {
    const opening = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    let isSlow = false;
    const jails = supply({
      open: (given) => {
        signal = given;
        if (!isSlow) throw new JailFailure('no image');
        opening.resolve();
        return new Promise((_, reject) => {
          given.addEventListener('abort', () => reject(new Error('aborted')));
        });
      },
    });
    expect(jails.phase()).toBe('unopened');
    await expect(jails.ready()).rejects.toThrow('no image');
    expect(jails.phase()).toBe('failed');
    isSlow = true;
    const asking = jails.ready();
    await opening.promise;
    expect([jails.phase(), signal?.aborted]).toEqual(['opening', false]);
    await Promise.all([jails.close(), expect(asking).rejects.toThrow()]);
    const ready = supply();
    await ready.ready();
    expect(ready.phase()).toBe('ready');
  });

  it('is not ready where a required layer does not hold, and says which and what to do', async () => {
    const sandbox = sandboxOf();
    const warm = vi.fn((inner: Sandbox) => inner);
    const jails = supply({
      open: () => Promise.resolve(sandbox),
      probe: () => Promise.resolve({ filesystem: broken }),
      warm,
    });
    await expect(jails.ready()).rejects.toThrow('The layer "filesystem" does not hold: a file was read.');
    expect(jails.current()).toMatchObject({
      isReady: false,
      remedy: 'mend it',
      layers: { filesystem: broken },
    });
    expect(warm).not.toHaveBeenCalled();
    await jails.close();
    expect(sandbox.close).toHaveBeenCalledOnce();
  });

  it('is tried again by the next one that asks, and throws what opening threw', async () => {
    let attempts = 0;
    const jails = supply({
      open: () => {
        attempts += 1;
        return attempts < 3 ? Promise.reject(new TypeError('not installed')) : Promise.resolve(sandboxOf());
      },
    });
    await expect(jails.ready()).rejects.toThrow(TypeError);
    expect(jails.current()).toMatchObject({ reason: 'The isolation could not be probed.' });
    await expect(jails.ready()).rejects.toThrow('not installed');
    await jails.ready();
    await jails.close();
  });

  it('has jails wait once they hold, and closes those that wait', async () => {
    const [inner, waiting] = [sandboxOf(), sandboxOf()];
    const jails = supply({ open: () => Promise.resolve(inner), warm: () => waiting });
    const { sandbox, fresh } = await jails.ready();
    for (const one of [sandbox, fresh]) await expect(one.lease(probeLimits)).rejects.toThrow('not here');
    expect(waiting.lease).toHaveBeenCalledOnce();
    expect(inner.lease).toHaveBeenCalledOnce();
    expect(sandbox.canChange(probeLimits, probeLimits)).toBe(true);
    await jails.close();
    expect(waiting.close).toHaveBeenCalledOnce();
  });

  it('recovers by itself where a timer retries, and refuses at once until then', async () => {
    let attempts = 0;
    const jails = supply({
      retry: 'timer',
      probe: () => {
        attempts += 1;
        return attempts < 3
          ? Promise.reject(new JailFailure('No jail.', { remedy: 'Wait.', detail: '/secret/path' }))
          : Promise.resolve({ memory: holds });
      },
      retryMs: 50,
    });
    await expect(jails.ready()).rejects.toThrow('No jail.');
    await expect(jails.ready()).rejects.toThrow('No jail.');
    expect(attempts).toBe(1);
    expect(jails.current()).toMatchObject({ isReady: false, reason: 'No jail.', remedy: 'Wait.' });
    await expect.poll(() => jails.current().isReady).toBe(true);
    await jails.ready();
    await jails.close();
  });

  it('tries again soon, then ever later', async () => {
    vi.useFakeTimers();
    try {
      const waits: number[] = [];
      const jails = supply({
        retry: 'timer',
        probe: () => {
          waits.push(Date.now());
          return waits.length < 5
            ? Promise.reject(new JailFailure('No jail.'))
            : Promise.resolve({ memory: holds });
        },
        retryMs: 3200,
      });
      await expect(jails.ready()).rejects.toThrow('No jail.');
      await vi.advanceTimersByTimeAsync(10_000);
      expect(waits.map((at) => at - (waits[0] ?? 0))).toEqual([0, 100, 300, 700, 1500]);
      await jails.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('attacks its own kind again, once, where a jail of it fails, and stays as it was meanwhile', async () => {
    let probes = 0;
    const jail = {
      gone: new Promise<void>(() => undefined),
      setLimits: vi.fn(),
      run: () => Promise.reject(new JailFailure('gone')),
      openSession: () => Promise.reject(new JailFailure('gone')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const other = supply();
    const jails = supply({
      open: () => Promise.resolve(sandboxOf({ lease: () => Promise.resolve(jail) })),
      probe: () => {
        probes += 1;
        return Promise.resolve({ memory: probes === 1 ? holds : broken });
      },
    });
    await other.ready();
    const { sandbox } = await jails.ready();
    await using leased = await sandbox.lease(probeLimits);
    leased.setLimits(probeLimits);
    const failing = leased.run({} as Parameters<Jail['run']>[0]);
    jails.suspect();
    await expect(failing).rejects.toThrow('gone');
    await expect.poll(() => jails.current().isReady).toBe(false);
    expect(probes).toBe(2);
    expect(other.current().isReady).toBe(true);
    await Promise.all([jails.close(), other.close()]);
    jails.suspect();
    expect(probes).toBe(2);
  });

  it('hears of a jail that could not be made, and not of a script or a caller', async () => {
    const failures = [new Error('aborted'), new JailFailure('no cgroup')];
    const probe = vi.fn(() => Promise.resolve({ memory: holds }));
    const jails = supply({
      open: () =>
        Promise.resolve(
          sandboxOf({ lease: () => Promise.reject(failures.shift() ?? new Error('none left')) }),
        ),
      probe,
    });
    const { sandbox } = await jails.ready();
    await expect(sandbox.lease(probeLimits)).rejects.toThrow('aborted');
    expect(probe).toHaveBeenCalledOnce();
    await expect(sandbox.lease(probeLimits)).rejects.toThrow('no cgroup');
    await expect.poll(() => probe.mock.calls.length).toBe(2);
    await jails.close();
  });
});
