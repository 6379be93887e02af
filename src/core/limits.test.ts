import { describe, expect, it } from 'vitest';
import { narrowPolicy, resolveLimits, type Limits } from './limits.ts';

const limits: Limits = {
  timeout: 10,
  cpu_time: 10,
  memory_mb: 256,
  cpus: 1,
  processes: 64,
  output_bytes: 1024,
  disk_mb: 64,
};
const policy = { defaults: limits, ceilings: { ...limits, timeout: 600, memory_mb: 1024 } };

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
