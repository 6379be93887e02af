import { describe, expect, it } from 'vitest';
import type { BuildReport } from '../core/contract/environment.ts';
import type { Build } from './builds.ts';
import { describeProgress, type SeenBuild } from './coming.ts';
import { resolveName } from './resolve-name.ts';
import type { VisibleDirectory } from './visible-directory.ts';

const empty: VisibleDirectory = {
  runtimeOf: () => undefined,
  all: () => [],
  usable: () => [],
  isOutdated: () => false,
  use: () => undefined,
};
const started_at = new Date().toISOString();

function seen(report: Partial<BuildReport>, isManaged = true): SeenBuild {
  const whole: BuildReport = { state: 'building', started_at, progress: [], ...report };
  const build = { runtime: 'python', packages: () => ['numpy'], report: () => whole } as unknown as Build;
  return { build, isManaged, isOpen: whole.state === 'building' || whole.state === 'queued' };
}

describe('resolveName', () => {
  it('refuses an environment in its first build in such a way that a caller tries again', () => {
    expect(() => resolveName(empty, () => seen({ state: 'queued' }), 'reports', 'python')).toThrow(
      expect.objectContaining({
        ...{ category: 'overloaded', kind: 'environment_building', retryable: true, retryAfter: 10 },
        message: 'The environment "reports" is being built (it waits for other builds).',
      }),
    );
  });

  it('runs scripts of the default environment meanwhile, and knows what it will have', () => {
    const { environment, coming } = resolveName(
      empty,
      () => seen({ step: 'importing' }),
      undefined,
      'python',
    );
    expect(environment).toBeUndefined();
    expect(coming?.progress).toMatch(/^step 2 of 3, importing, for \d+ s$/);
    expect(coming?.packages()).toEqual(['numpy']);
    expect(resolveName(empty, () => undefined, undefined, 'python')).toEqual({
      ...{ name: 'default', environment: undefined, coming: undefined },
    });
  });

  it('says why there is no environment to those who may know it', () => {
    const failed = {
      state: 'failed',
      error: { reason: 'install_failed', message: 'no such package' },
    } as const;
    const resolve = (isManaged: boolean) => () =>
      resolveName(empty, () => seen(failed, isManaged), 'reports', 'python');
    expect(resolve(true)).toThrow(
      'The environment "reports" could not be built (install_failed): no such package',
    );
    expect(resolve(false)).toThrow('There is no environment "reports"');
  });

  it('refuses packages for another runtime also while they are being built', () => {
    expect(() => resolveName(empty, () => seen({}), 'reports', 'node')).toThrow('holds packages for python');
  });
});

describe('describeProgress', () => {
  const report: BuildReport = { state: 'building', step: 'installing', started_at, progress: ['Compiling'] };
  const later = Date.parse(started_at) + 12_000;

  it("tells the installer's last words only to those who may read them", () => {
    expect(describeProgress(report, true, later)).toBe('step 1 of 3, installing, for 12 s, "Compiling"');
    expect(describeProgress(report, false, later)).toBe('step 1 of 3, installing, for 12 s');
  });
});
