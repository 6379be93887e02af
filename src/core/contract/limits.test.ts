import { limits } from './limits.test-support.ts';
import { describe, expect, it } from 'vitest';
import { narrowCompileLimits, narrowPolicy, resolveLimits } from './limits.ts';

const policy = { defaults: limits, ceilings: { ...limits, timeout: 600, memory_mb: 1024 } };

describe('narrowCompileLimits', () => {
  const compile = { ...limits, timeout: 60, cpu_time: 120, memory_mb: 1024, cpus: 2, processes: 128 };

  it('follows the ceilings of a key in time, memory and cores, and lifts nothing', () => {
    const ceilings = { timeout: 2, memory_mb: 64, processes: 4, disk_mb: 1, output_bytes: 1, cpus: 100 };
    expect(narrowCompileLimits(compile, ceilings)).toEqual({ ...compile, timeout: 2, memory_mb: 64 });
    expect(narrowCompileLimits(compile)).toEqual(compile);
  });

  it('takes ceilings of their own before the others, and the time for them', () => {
    const own = narrowCompileLimits(compile, { timeout: 2, cpu_time: 2, memory_mb: 64 }, { timeout: 30 });
    expect(own).toEqual({ ...compile, timeout: 30, memory_mb: 64 });
    expect(narrowCompileLimits(compile, {}, { timeout: 600 }).timeout).toBe(60);
  });
});

describe('narrowPolicy', () => {
  it('cuts ceilings, and the defaults above them; it lifts nothing', () => {
    const own = narrowPolicy(policy, { timeout: 5, memory_mb: 512, disk_mb: 10_000 });
    expect(own.ceilings).toEqual({ ...limits, timeout: 5, memory_mb: 512 });
    expect(own.defaults).toEqual({ ...limits, timeout: 5 });
    expect(resolveLimits({ timeout: 6 }, own)).toEqual({
      excess: [{ name: 'timeout', asked: 6, ceiling: 5 }],
    });
  });

  it('is the policy itself for a caller without ceilings', () => {
    expect(narrowPolicy(policy, undefined)).toBe(policy);
  });
});
