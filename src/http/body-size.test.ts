import { describe, expect, it } from 'vitest';
import { countParts, isSmallBody, SMALL_BODY } from './body-size.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const names = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')}}`;

describe('isSmallBody', () => {
  it.each([
    ['a long script', JSON.stringify({ script: 'x = [{}, {}]\n"",'.repeat(2000) })],
    ['some hundred arguments', `{"script":"x","args":[${'"a",'.repeat(800)}1]}`],
    ['a few thousand numbers', `{"script":"x","args":[${'1,'.repeat(6000)}1]}`],
  ])('takes %s', (_what, text) => expect(isSmallBody(encode(text))).toBe(true));

  it.each([
    ['thousands of names', names(4000)],
    ['thousands of empty objects', `[${'{},'.repeat(4000)}{}]`],
    ['thousands of empty texts', `[${'"",'.repeat(4000)}""]`],
    ['more bytes than are read at once', JSON.stringify('a'.repeat(SMALL_BODY))],
  ])('refuses %s', (_what, text) => expect(isSmallBody(encode(text))).toBe(false));

  it('counts nothing of what stands in a text', () => {
    expect(countParts(encode(JSON.stringify('{"a":[1,2,"b"]}')))).toBe(1);
  });
});
