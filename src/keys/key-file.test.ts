import { describe, expect, it } from 'vitest';
import { createRecord } from './create-record.ts';
import { parseKeyFile, writeKeyFile } from './key-file.ts';
import { parseRate } from './rate.ts';

const now = new Date('2026-03-01T00:00:00Z');
const { record, key } = createRecord(
  { name: 'ada', scope: ['jobs', 'execute', 'jobs'], rate: '60/m', expires: '30d', maxMemory: 64 },
  now,
);

describe('the file of keys', () => {
  it('holds all but the key itself', () => {
    const text = writeKeyFile([record]);
    expect(parseKeyFile(text)).toEqual([record]);
    expect(record).toMatchObject({ scopes: ['jobs', 'execute'], ceilings: { memory_mb: 64 } });
    expect(record.expires_at).toBe('2026-03-31T00:00:00.000Z');
    expect(text).not.toContain(key.slice(-43));
    expect(key).toMatch(/^brig_[0-9a-f]{12}_[\w-]{43}$/);
  });

  it.each([
    ['', 'it is empty'],
    ['{"version": 1, "keys": [', 'it is not JSON'],
    ['[]', /^it must be an object$/],
    ['{"version": 2, "keys": []}', /^version: /],
    [writeKeyFile([{ ...record, scopes: [] }]), /^keys.0.scopes: /],
    [writeKeyFile([record]).replace('"rate"', '"rates"'), /^keys.0: .*rates/],
    [writeKeyFile([record, { ...record, id: '0'.repeat(12) }]), 'two keys have the name ada'],
    [writeKeyFile([record, { ...record, name: 'bob' }]), /^two keys have the id /],
  ])('says what is wrong (case %#)', (text, message) => {
    expect(() => parseKeyFile(text)).toThrow(message);
  });
});

describe('createRecord', () => {
  it.each([
    [{ name: 'a b' }, /^name: /],
    [{ name: 'a', scope: ['run'] }, /^scopes.0: .*"execute"/],
    [{ name: 'a', rate: '60' }, /^rate: .*60\/m/],
    [{ name: 'a', concurrency: Number.NaN }, /^concurrency: /],
    [{ name: 'a', isolation: 'none' }, /^isolation: /],
    [{ name: 'a', maxMemory: 1 }, /^ceilings.memory_mb: /],
    [{ name: 'a', expires: 'soon' }, /^"soon" is no time to come/],
    [{ name: 'a', expires: '2026-02-28' }, /no time to come/],
    [{ name: 'a', expires: '0d' }, /no time to come/],
  ])('refuses %j', (wish, message) => {
    expect(() => createRecord(wish, now)).toThrow(message);
  });
});

describe('parseRate', () => {
  it.each([
    ['60/m', { requests: 60, seconds: 60 }],
    ['5/s', { requests: 5, seconds: 1 }],
    ['100/15m', { requests: 100, seconds: 900 }],
    ['1/d', { requests: 1, seconds: 86_400 }],
    ['0/m', undefined],
    ['1/0s', undefined],
    ['1/2d', undefined],
    ['1/w', undefined],
    ['-1/m', undefined],
  ])('reads %s', (text, rate) => {
    expect(parseRate(text)).toEqual(rate);
  });
});
