import { describe, expect, it } from 'vitest';
import { planConnections, type ConnectionWish } from './plan-connections.ts';

const wish: ConnectionWish = {
  host: '0.0.0.0',
  maxConnections: undefined,
  maxConnectionsPerCaller: undefined,
  jails: 10,
  descriptors: 1024,
};

describe('planConnections', () => {
  it('leaves descriptors for jails, and for the service itself', () => {
    expect(planConnections(wish)).toEqual({ total: 590, perAddress: 147, perKey: 147 });
    expect(planConnections({ ...wish, descriptors: 1_000_000 }).total).toBe(4096);
    expect(planConnections({ ...wish, jails: 40 }).total).toBe(200);
  });

  it('gives one address of the loopback all of them, unless the operator says otherwise', () => {
    const host = '127.0.0.1';
    expect(planConnections({ ...wish, host })).toEqual({ total: 590, perAddress: 590, perKey: 147 });
    const plan = planConnections({ ...wish, host, maxConnections: 100, maxConnectionsPerCaller: 30 });
    expect(plan).toEqual({ total: 100, perAddress: 30, perKey: 30 });
    expect(planConnections({ ...wish, maxConnectionsPerCaller: 10_000 }).perAddress).toBe(590);
  });

  it('says so where there are too few', () => {
    for (const bad of [{ descriptors: 256 }, { maxConnections: 1000 }, { jails: 1000 }])
      expect(() => planConnections({ ...wish, ...bad })).toThrow(
        /file descriptors, and this process may have/,
      );
  });
});
