import { expect, it } from 'vitest';
import { toJsonText } from './contract/outcome.ts';
import { serializeMembers } from './serialize-members.ts';

const write = (members: Record<string, unknown>): string => [...serializeMembers(members)].join('');

it('writes what JSON.stringify writes, and raw JSON as it is', () => {
  const members = { text: 'a"\n\ud83d\ude00', none: null, number: 1.5, list: [1, { a: 'b' }], empty: '' };
  expect(write(members)).toBe(JSON.stringify(members));
  expect(write({})).toBe('{}');
  expect(write({ raw: { raw: toJsonText('[5.0, 12345678901234567890]') } })).toBe(
    '{"raw":[5.0, 12345678901234567890]}',
  );
});

it('cuts long texts between characters', () => {
  const text = `x${'\ud83d\ude00'.repeat(100_000)}`;
  const pieces = [...serializeMembers({ text })];
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  expect(JSON.parse(pieces.join(''))).toEqual({ text });
});
