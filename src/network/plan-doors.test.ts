import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntries } from '../core/contract/network/request.ts';
import { OWN_HOSTS } from '../sandbox/doors.ts';
import { planDoors } from './plan-doors.ts';

const plan = (...texts: string[]) => planDoors({ allow: parseEntries(texts), operator: [] });

describe('planDoors', () => {
  it('gives each host an address of its own, and each port a listener', () => {
    const { doors, addresses, hosts, env } = plan('a.example:443', 'b.example:443', 'a.example:80');
    expect(doors.map(({ name, address, port }) => [name, address, port])).toEqual([
      ['a.example:443', '127.0.1.2', 443],
      ['b.example:443', '127.0.1.3', 443],
      ['a.example:80', '127.0.1.2', 80],
    ]);
    expect(hosts).toContain('127.0.1.2 a.example\n127.0.1.3 b.example\n');
    expect(hosts.endsWith(OWN_HOSTS)).toBe(true);
    expect([addresses, env]).toEqual([[], {}]);
  });

  it('opens a proxy for patterns, and tells programs of it', () => {
    const { doors, hosts, env } = plan('public');
    expect(doors).toEqual([{ name: 'proxy', address: '127.0.1.1', port: 3128, target: 'proxy' }]);
    expect(hosts).toBe(OWN_HOSTS);
    expect(env).toMatchObject({
      ...{ HTTPS_PROXY: 'http://127.0.1.1:3128', https_proxy: 'http://127.0.1.1:3128' },
      ...{ NO_PROXY: 'localhost,127.0.0.1,::1', NODE_USE_ENV_PROXY: '1' },
    });
    expect(plan('*.example:443').doors).toHaveLength(1);
  });

  it('listens at an address itself, which the loopback gets where it does not have it', () => {
    const { doors, addresses, hosts } = plan(
      '10.0.0.5:80',
      '10.0.0.5:81',
      '[2001:db8::1]:80',
      '127.0.0.1:80',
    );
    expect(doors.map(({ address, port }) => [address, port])).toEqual([
      ['10.0.0.5', 80],
      ['10.0.0.5', 81],
      ['2001:db8::1', 80],
      ['127.0.0.1', 80],
    ]);
    expect(addresses).toEqual(['10.0.0.5', '2001:db8::1']);
    expect(hosts).toBe(OWN_HOSTS);
  });

  it('lets localhost be itself', () => {
    const { doors, hosts } = plan('localhost:80', '127.0.0.1:80', 'localhost:81');
    expect(doors.map(({ name, address }) => [name, address])).toEqual([
      ['localhost:80', '127.0.0.1'],
      ['localhost:81', '127.0.0.1'],
    ]);
    expect(hosts).toBe(OWN_HOSTS);
  });

  it('never has two listeners at one place, nor a name at the address of another', () => {
    const text = fc.oneof(
      fc.tuple(
        fc.constantFrom('a.example', 'b.example', 'localhost', '127.0.1.2', '127.0.1.1'),
        fc.integer({ min: 1, max: 3 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (pairs) => {
        const { doors } = plan(...pairs.map(([host, port]) => `${host}:${port}`), 'public');
        const places = doors.map(({ address, port }) => `${address} ${port}`);
        expect(new Set(places).size).toBe(places.length);
        for (const { target, address } of doors)
          if (target !== 'proxy' && target.kind === 'name' && target.host !== 'localhost')
            expect(['127.0.0.1', '127.0.1.1', ...pairs.map(([host]) => host)]).not.toContain(address);
      }),
    );
  });
});
