import crypto, { timingSafeEqual } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecord } from './create-record.ts';
import { createKeySet, findKey } from './key-set.ts';

beforeAll(() => {
  vi.spyOn(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const now = new Date();
const ada = createRecord({ name: 'ada', concurrency: 2, isolation: 'nsjail', maxTimeout: 5 }, now);
const bob = createRecord({ name: 'bob' }, now);
const own = ['first-own-key', 'second-own-key', 'third-own-key'].map((key) => ({ name: key, key }));
const set = createKeySet([ada.record, bob.record], own);

describe('findKey', () => {
  beforeEach(() => {
    vi.mocked(timingSafeEqual).mockClear();
  });

  it('finds keys that were made, and those that were brought', () => {
    expect(findKey(set, ada.key)).toMatchObject({
      name: 'ada',
      scopes: ['execute'],
      caller: { queueKey: 'key ada', key: 'ada', share: 2, isolation: 'nsjail', ceilings: { timeout: 5 } },
    });
    expect(findKey(set, 'second-own-key')).toMatchObject({
      scopes: ['execute', 'environments', 'jobs', 'sessions', 'metrics'],
    });
  });

  it.each([
    ['', 'no key at all'],
    ['second-own-ke', 'a part of one'],
    [ada.key.slice(0, -1), 'a part of a made one'],
    [`${ada.key} `, 'one with more behind it'],
    [`brig_${ada.record.id}_${bob.key.slice(-43)}`, 'the secret of another'],
    [`brig_000000000000_${ada.key.slice(-43)}`, 'the id of none'],
    [ada.record.sha256, 'the hash itself'],
    ['schlüssel', 'what is no ASCII'],
  ])('takes %j for none: %s', (sent) => {
    expect(findKey(set, sent)).toBeUndefined();
  });

  it('compares in constant time, with as many of the own keys whichever is right', () => {
    const counts = [...own.map(({ key }) => key), 'wrong-own-key'].map((sent) => {
      vi.mocked(timingSafeEqual).mockClear();
      findKey(set, sent);
      return vi.mocked(timingSafeEqual).mock.calls.length;
    });
    expect(counts).toEqual([3, 3, 3, 3]);
    vi.mocked(timingSafeEqual).mockClear();
    findKey(set, bob.key);
    expect(timingSafeEqual).toHaveBeenCalledTimes(4);
  });

  it('has no two keys of a name', () => {
    expect(() => createKeySet([ada.record], [{ name: 'ada', key: 'another-key' }])).toThrow(
      /ada .*BRIG_API_KEYS/,
    );
  });
});
