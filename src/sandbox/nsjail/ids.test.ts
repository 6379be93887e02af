import { describe, expect, it } from 'vitest';
import { planIds } from './ids.ts';

describe('planIds', () => {
  const everything = '         0          0 4294967295\n';

  it('takes ids that no person or daemon has, where all exist', () => {
    expect(planIds(everything, everything)).toEqual({ first: 1_900_000_000, count: 10_000 });
  });

  it('stays within the ids of a container in a user namespace', () => {
    const container = '0 100000 65536\n';
    expect(planIds(container, container)).toEqual({ first: 61_000, count: 3000 });
  });

  it('shares one id where there is no run of spare ones, for users or for groups', () => {
    expect(planIds('0 1000 1\n', everything)).toEqual({ first: 65_534, count: 1 });
    expect(planIds(everything, '0 1000 1\n1 100000 999\n')).toEqual({ first: 65_534, count: 1 });
  });
});
