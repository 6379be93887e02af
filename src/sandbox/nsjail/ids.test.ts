import { describe, expect, it } from 'vitest';
import { planIds } from './ids.ts';
import { planSubordinateIds } from './subordinate-ids.ts';

const alike = (first: number, count: number) => ({ uid: first, gid: first, count });

describe('planIds', () => {
  const everything = '         0          0 4294967295\n';

  it('takes ids that no person or daemon has, where all exist', () => {
    expect(planIds(everything, everything)).toEqual(alike(1_900_000_000, 10_000));
  });

  it('stays within the ids of a container in a user namespace', () => {
    const container = '0 100000 65536\n';
    expect(planIds(container, container)).toEqual(alike(61_000, 3000));
  });

  it('shares one id where there is no run of spare ones, for users or for groups', () => {
    expect(planIds('0 1000 1\n', everything)).toEqual(alike(65_534, 1));
    expect(planIds(everything, '0 1000 1\n1 100000 999\n')).toEqual(alike(65_534, 1));
  });
});

describe('planSubordinateIds', () => {
  const names = ['ada', '1000'];

  it('takes the longest range of the user, past what containers commonly take, where there is room', () => {
    expect(planSubordinateIds(names, 'bob:1:9\nada:100000:65536\n', 'ada:200000:65536\n')).toEqual({
      uid: 161_000,
      gid: 261_000,
      count: 3000,
    });
    expect(planSubordinateIds(names, 'ada:5:10\n1000:300000:4096\n', 'ada:400000:1000')).toEqual({
      uid: 300_000,
      gid: 400_000,
      count: 1000,
    });
  });

  it.each([
    ['no range', '', 'ada:100000:65536'],
    ['none for groups', 'ada:100000:65536', 'bob:100000:65536'],
    ['too few for each jail', 'ada:100000:255', 'ada:100000:65536'],
    ['root', 'ada:0:65536', 'ada:0:65536'],
    ['no numbers', 'ada:x:y\nada\n:::', 'ada:100000:65536'],
  ])('takes none where there is %s', (_, subuid, subgid) => {
    expect(planSubordinateIds(names, subuid, subgid)).toBeUndefined();
  });
});
