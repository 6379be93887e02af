import { describe, expect, it } from 'vitest';
import { resolveIsolation } from './isolation.ts';

describe('resolveIsolation', () => {
  it.each([
    ['nsjail', undefined, undefined, 'nsjail'],
    ['nursery', undefined, undefined, 'nursery'],
    ['nursery', undefined, 'nursery', 'nursery'],
    ['nursery', undefined, 'nsjail', 'nsjail'],
    ['nursery', 'nsjail', undefined, 'nsjail'],
    ['nursery', 'nsjail', 'nursery', undefined],
    ['nursery', 'nursery', 'nsjail', 'nsjail'],
    ['nsjail', 'nursery', undefined, 'nsjail'],
    ['nsjail', 'nursery', 'nursery', undefined],
    ['nsjail', undefined, 'nursery', undefined],
  ] as const)('of the operator %s, the key %s and the request %s is %s', (operator, key, request, result) => {
    expect(resolveIsolation({ operator, key, request })).toBe(result);
  });
});
