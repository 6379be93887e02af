import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../src/config.ts';
import type { Door } from '../src/network/plan-doors.ts';
import { JailFailure } from '../src/sandbox/sandbox.ts';
import { createService } from '../src/service.ts';
import { expectNothingLeft, readSettledState } from './support/host-state.ts';

/** How doors are wrong: jails have those of jails before them as well, or none can be opened. */
const doors = vi.hoisted(() => ({ fault: 'none' as 'none' | 'shared' | 'shut' }));

vi.mock('../src/network/plan-doors.ts', async (load) => {
  const real = await load<typeof import('../src/network/plan-doors.ts')>();
  const before: Door[] = [];
  const planDoors: typeof real.planDoors = (grant) => {
    if (doors.fault === 'shut') throw new JailFailure('No door opens here.');
    const plan = real.planDoors(grant);
    const all = doors.fault === 'shared' ? [...plan.doors, ...before] : plan.doors;
    before.push(...plan.doors);
    return { ...plan, doors: all };
  };
  return { ...real, planDoors };
});

afterEach(() => {
  doors.fault = 'none';
});

/** Starts a service whose scripts may have a network, and returns what its attacks on it say. */
async function probeNetwork(network: string) {
  const before = await readSettledState();
  const service = await createService(
    parseConfig({ BRIG_RUNTIMES: 'python', BRIG_MAX_WARM_JAILS: '0', BRIG_NETWORK: network }),
  );
  const { status, sandbox } = service.health();
  await service.close();
  await expectNothingLeft(before);
  return { status, ...sandbox.network };
}

describe('the attacks at the start', () => {
  it('are made on jails with doors too, where scripts may have a network', async () => {
    const { status, active, tried } = await probeNetwork('api.example.com:443');
    expect([status, active]).toEqual(['healthy', true]);
    expect(tried).toContain('with a door open: other ports');
    expect((await probeNetwork('off')).tried).not.toContain('door');
  });

  it('see a jail that has the door of another', async () => {
    doors.fault = 'shared';
    const { status, active, reason } = await probeNetwork('public');
    expect([status, active]).toEqual(['unhealthy', false]);
    expect(reason).toContain('a connection to 127.0.0.1 was made');
  });

  it('see doors that do not open', async () => {
    doors.fault = 'shut';
    const { status, active, reason } = await probeNetwork('public');
    expect([status, active, reason]).toEqual(['unhealthy', false, 'No door opens here.']);
  });
});
