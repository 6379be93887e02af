import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFairCache } from './fair-cache.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const cacheOf = (most: number, mostBytes: number) =>
  createFairCache<string>({ most, mostBytes, ttl: 1000, measure: (value) => value.length });

describe('createFairCache', () => {
  it('takes what does not fit from the owner who has most, what was asked for longest ago first', () => {
    const cache = cacheOf(4, 1000);
    for (const name of ['1', '2', '3']) cache.set('ada', name, name);
    cache.set('bob', '1', 'x');
    cache.get('ada', '1');
    cache.set('bob', '2', 'y');
    expect(['1', '2', '3'].map((name) => cache.get('ada', name))).toEqual(['1', undefined, '3']);
    for (let name = 10; name < 100; name += 1) cache.set('ada', String(name), 'z');
    expect([cache.get('bob', '1'), cache.get('bob', '2')]).toEqual(['x', 'y']);
  });

  it('counts bytes, and keeps nothing that is larger than all', () => {
    const cache = cacheOf(100, 10);
    cache.set('bob', 'small', 'xx');
    for (let name = 0; name < 20; name += 1) cache.set('ada', String(name), 'x'.repeat(4));
    expect(cache.get('bob', 'small')).toBe('xx');
    cache.set('ada', 'huge', 'x'.repeat(11));
    expect(cache.get('ada', 'huge')).toBeUndefined();
    expect(cache.get('bob', 'small')).toBe('xx');
  });

  it('forgets in time', () => {
    const cache = cacheOf(10, 10);
    cache.set('ada', '1', 'x');
    vi.advanceTimersByTime(999);
    expect(cache.get('ada', '1')).toBe('x');
    vi.advanceTimersByTime(1);
    expect(cache.get('ada', '1')).toBeUndefined();
  });

  it('never takes from an owner who has less than a fair part', () => {
    const sets = fc.array(
      fc.record({
        owner: fc.constantFrom('ada', 'bob', 'eve'),
        name: fc.nat(50),
        size: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(sets, (all) => {
        const cache = cacheOf(1000, 100);
        cache.set('zoe', 'own', 'x'.repeat(20));
        for (const { owner, name, size } of all) cache.set(owner, String(name), 'x'.repeat(size));
        expect(cache.get('zoe', 'own')).toBeDefined();
      }),
    );
  });
});
