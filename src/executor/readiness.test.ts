import { describe, expect, it } from 'vitest';
import type { LayerReport } from '../core/health.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { watchReadiness } from './readiness.ts';

const holds: LayerReport = { active: true, required: true, how: 'x', tried: 'y' };
const broken: LayerReport = { ...holds, active: false, reason: 'a file was read', remedy: 'mend it' };

function sandboxOf(onClose = () => undefined as void): Sandbox {
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
    identity: '',
    lease: () => Promise.reject(new Error('not here')),
    canChange: () => false,
    close: () => Promise.resolve(onClose()),
  };
}

describe('watchReadiness', () => {
  it('is ready when every required layer holds', async () => {
    let closed = false;
    const readiness = await watchReadiness({
      open: () => Promise.resolve(sandboxOf(() => void (closed = true))),
      probe: () => Promise.resolve({ memory: holds, cpu: { ...broken, required: false } }),
    });
    expect(readiness.current().isReady).toBe(true);
    await readiness.close();
    expect(closed).toBe(true);
  });

  it('is not ready when a required layer does not hold, and says which and what to do', async () => {
    const readiness = await watchReadiness({
      open: () => Promise.resolve(sandboxOf()),
      probe: () => Promise.resolve({ filesystem: broken }),
    });
    expect(readiness.current()).toMatchObject({
      isReady: false,
      reason: 'The layer "filesystem" does not hold: a file was read.',
      remedy: 'mend it',
    });
    await readiness.close();
  });

  it('recovers by itself when the host is mended', async () => {
    let attempts = 0;
    const readiness = await watchReadiness({
      open: () => Promise.resolve(sandboxOf()),
      probe: () => {
        attempts += 1;
        if (attempts < 3)
          return Promise.reject(new JailFailure('No jail.', { remedy: 'Wait.', detail: '/secret/path' }));
        return Promise.resolve({ memory: holds });
      },
      retryMs: 5,
    });
    expect(readiness.current()).toMatchObject({ isReady: false, reason: 'No jail.', remedy: 'Wait.' });
    await expect.poll(() => readiness.current().isReady).toBe(true);
    await readiness.close();
  });

  it('tries again soon, then ever later', async () => {
    const at: number[] = [];
    const readiness = await watchReadiness({
      open: () => Promise.resolve(sandboxOf()),
      probe: () => {
        at.push(performance.now());
        return at.length < 4
          ? Promise.reject(new JailFailure('No jail.'))
          : Promise.resolve({ memory: holds });
      },
      retryMs: 3200,
    });
    // At 100, 300 and 700 ms; the whole wait each time would be 9,600.
    await expect.poll(() => readiness.current().isReady, { timeout: 8000 }).toBe(true);
    await readiness.close();
  }, 10_000);

  it('probes again, once, when jails fail', async () => {
    let probes = 0;
    const readiness = await watchReadiness({
      open: () => Promise.resolve(sandboxOf()),
      probe: () => {
        probes += 1;
        return Promise.resolve({ memory: probes === 1 ? holds : broken });
      },
    });
    readiness.suspect();
    readiness.suspect();
    await expect.poll(() => readiness.current().isReady).toBe(false);
    expect(probes).toBe(2);
    await readiness.close();
  });
});
