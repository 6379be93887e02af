import { describe, expect, it } from 'vitest';
import { allows, readOwnKeys } from './keys.ts';

describe('readOwnKeys', () => {
  it('takes keys, and pairs of a name and a key', () => {
    expect(readOwnKeys(['first-of-all', 'ada=c2VjcmV0c2VjcmV0==', 'c2VjcmV0c2VjcmV0=='])).toEqual([
      { name: 'key-1', key: 'first-of-all' },
      { name: 'ada', key: 'c2VjcmV0c2VjcmV0==' },
      { name: 'key-3', key: 'c2VjcmV0c2VjcmV0==' },
    ]);
  });

  it.each([
    [[], 'none'],
    [['short'], 'shape'],
    [['production-frontend=short'], 'shape'],
    [['a name=long enough for it'], 'shape'],
    [['=long-enough-for-it'], 'shape'],
    [['schlüssel-von-ada'], 'shape'],
    [['key-2=long-enough-for-it', 'another-long-one'], 'twice'],
  ])('refuses %j', (list, why) => {
    expect(readOwnKeys(list)).toBe(why);
  });
});

describe('allows', () => {
  it('wants one scope of several, or none; admin may do everything', () => {
    expect(allows(['jobs'], ['execute', 'jobs'])).toBe(true);
    expect(allows(['jobs'], [])).toBe(true);
    expect(allows(['admin'], ['jobs'])).toBe(true);
    expect(allows(['jobs', 'execute'], ['admin'])).toBe(false);
  });
});
