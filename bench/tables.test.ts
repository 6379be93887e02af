import { describe, expect, it } from 'vitest';
import { formatMs, formatTable } from './tables.ts';

describe('formatTable', () => {
  it('fills the columns', () => {
    expect(
      formatTable([
        ['', 'a'],
        ['long one', '1'],
      ]),
    ).toBe('|          | a   |\n|----------|-----|\n| long one | 1   |');
  });
});

describe('formatMs', () => {
  it.each([
    [1.234, '1.23'],
    [12.34, '12.3'],
    [1234.5, '1235'],
  ])('%f', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
