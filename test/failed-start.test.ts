import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createService } from '../src/service.ts';
import { expectNothingLeft, readSettledState } from './support/host-state.ts';

/** The step of a start, or of a shutdown, that fails. */
const failing = vi.hoisted(() => ({ step: '' }));

/** The same function, which fails where its step is to. */
const breakable = vi.hoisted(
  () =>
    <A extends unknown[], R>(step: string, act: (...given: A) => R) =>
    (...given: A): R => {
      if (failing.step === step) throw new Error(`injected: ${step}`);
      return act(...given);
    },
);

vi.mock('../src/environments/store.ts', async (load) => {
  const real = await load<typeof import('../src/environments/store.ts')>();
  return { ...real, openStore: breakable('store', real.openStore) };
});
vi.mock('../src/environments/environments.ts', async (load) => {
  const real = await load<typeof import('../src/environments/environments.ts')>();
  const open: typeof real.openEnvironments = async (options) => {
    const environments = await real.openEnvironments(options);
    return { ...environments, close: breakable('close environments', environments.close) };
  };
  return { ...real, openEnvironments: breakable('environments', open) };
});
vi.mock('../src/runtimes/open-runtimes.ts', async (load) => {
  const real = await load<typeof import('../src/runtimes/open-runtimes.ts')>();
  return { ...real, openRuntimes: breakable('runtimes', real.openRuntimes) };
});
vi.mock('../src/generate/open-model.ts', async (load) => {
  const real = await load<typeof import('../src/generate/open-model.ts')>();
  return { ...real, openModel: breakable('model', real.openModel) };
});
vi.mock('../src/analysis/analyzer.ts', async (load) => {
  const real = await load<typeof import('../src/analysis/analyzer.ts')>();
  const create: typeof real.createAnalyzer = async (options) => {
    const analyzer = await real.createAnalyzer(options);
    return { ...analyzer, close: breakable('close analyzer', analyzer.close) };
  };
  return { ...real, createAnalyzer: breakable('analyzer', create) };
});
vi.mock('../src/pool/admission.ts', async (load) => {
  const real = await load<typeof import('../src/pool/admission.ts')>();
  const create: typeof real.createAdmission = (options) => {
    const admission = real.createAdmission(options);
    return { ...admission, close: breakable('close admission', admission.close) };
  };
  return { ...real, createAdmission: breakable('admission', create) };
});
vi.mock('../src/executor/create-executor.ts', async (load) => {
  const real = await load<typeof import('../src/executor/create-executor.ts')>();
  return { ...real, createExecutor: breakable('executor', real.createExecutor) };
});
vi.mock('../src/generate/generate-and-execute.ts', async (load) => {
  const real = await load<typeof import('../src/generate/generate-and-execute.ts')>();
  return { ...real, createGenerator: breakable('generator', real.createGenerator) };
});
vi.mock('../src/sandbox/nsjail/devices.ts', async (load) => {
  const real = await load<typeof import('../src/sandbox/nsjail/devices.ts')>();
  return { ...real, openDevices: breakable('devices', real.openDevices) };
});
vi.mock('../src/sandbox/probe/probe.ts', async (load) => {
  const real = await load<typeof import('../src/sandbox/probe/probe.ts')>();
  return { ...real, probeSandbox: breakable('probe', real.probeSandbox) };
});

const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

const config = parseConfig({ BRIG_RUNTIMES: 'python' });

afterEach(() => {
  failing.step = '';
});

describe('a step of the start that fails', () => {
  it.each(['store', 'environments', 'runtimes', 'model', 'analyzer', 'admission', 'executor', 'generator'])(
    'leaves nothing of those before it: %s',
    async (step) => {
      const before = await readSettledState();
      const timers = countTimers();
      failing.step = step;
      await expect(createService(config)).rejects.toThrow(`injected: ${step}`);
      await expectNothingLeft(before);
      expect(countTimers()).toBeLessThanOrEqual(timers);
    },
  );

  it.each(['devices', 'probe'])('is an outage with a reason where jails need it: %s', async (step) => {
    const before = await readSettledState();
    failing.step = step;
    const service = await createService(config);
    expect(service.health().status).toBe('unhealthy');
    await service.close();
    await expectNothingLeft(before);
  });
});

describe('a step of the shutdown that fails', () => {
  it.each(['close environments', 'close admission', 'close analyzer'])(
    'keeps none of the others from its end: %s',
    async (step) => {
      const before = await readSettledState();
      const timers = countTimers();
      const service = await createService(config);
      expect(service.health().status).toBe('healthy');
      failing.step = step;
      await expect(service.close()).rejects.toThrow();
      failing.step = '';
      await expectNothingLeft(before);
      expect(countTimers()).toBeLessThanOrEqual(timers);
    },
  );
});
