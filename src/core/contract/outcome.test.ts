import { describe, expect, it } from 'vitest';
import { toJsonText } from './outcome.ts';

describe('toJsonText', () => {
  it.each(['null', '1', '"[[["', '{"a":[1,2.50]}', '12345678901234567890'])('takes %s as it is', (text) => {
    expect(toJsonText(text)).toBe(text);
  });

  it.each(['', '{', 'NaN', 'undefined', "{'a': 1}", '[1,]'])('does not take %j', (text) => {
    expect(toJsonText(text)).toBeUndefined();
  });

  it('takes long text whose brackets lie in strings', () => {
    const text = JSON.stringify({ text: '["'.repeat(100_000) });
    expect(toJsonText(text)).toBe(text);
  });

  it('does not follow a forged result into the deep', () => {
    expect(toJsonText('['.repeat(5_000_000) + ']'.repeat(5_000_000))).toBeUndefined();
    expect(toJsonText('{"a":'.repeat(1_000_000))).toBeUndefined();
  });
});
