import { describe, expect, it } from 'vitest';
import { isRawNumber, isRecord, parseLossless } from './lossless-json.ts';

/** What Python would be sent for these arguments. */
function rewrite(args: string): string {
  const body = parseLossless(`{"args":${args}}`);
  return JSON.stringify(isRecord(body) ? body['args'] : undefined);
}

describe('parseLossless', () => {
  it.each([
    '9223372036854775808',
    '5.0',
    '1e400',
    '-0',
    '-0.0',
    '0.1',
    '1E5',
    '9007199254740993',
    '1.50',
    '-7',
  ])('keeps the literal %s', (literal) => {
    expect(rewrite(`[${literal}]`)).toBe(`[${literal}]`);
    expect(rewrite(`[{"a":[[${literal}]]},"${literal}"]`)).toBe(`[{"a":[[${literal}]]},"${literal}"]`);
  });

  it('keeps literals in kwargs, and makes plain numbers of all others', () => {
    const body = parseLossless('{"limits":{"timeout":5.0},"kwargs":{"x":5.0,"y":1},"args":[]}');
    expect(body).toMatchObject({ limits: { timeout: 5 }, args: [], kwargs: { y: 1 } });
    expect(JSON.stringify(isRecord(body) && body['kwargs'])).toBe('{"x":5.0,"y":1}');
  });

  it('leaves numbers alone where they stand for args or kwargs', () => {
    expect(parseLossless('{"args":5.0,"kwargs":5.0}')).toEqual({ args: 5, kwargs: 5 });
  });

  it('makes plain data of names that objects inherit', () => {
    const text =
      '{"__proto__":{"a":1},"args":[{"__proto__":1.0,"constructor":2}],"kwargs":{"__proto__":3.0}}';
    const body = parseLossless(text);
    expect(JSON.stringify(body)).toBe(text);
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
  });

  it('survives nesting that its walk does not', () => {
    const deep = `{"args":[5.0,${'['.repeat(1e6)}${']'.repeat(1e6)}]}`;
    expect(() => parseLossless(deep)).toThrow(RangeError);
    expect(isRecord(parseLossless(deep.replace('5.0', '5')))).toBe(true);
  });

  it('tells numbers from objects', () => {
    const body = parseLossless('{"args":[5.0,{}]}');
    const args = isRecord(body) && Array.isArray(body['args']) ? body['args'] : [];
    expect(args.map(isRawNumber)).toEqual([true, false]);
    expect(args.map(isRecord)).toEqual([false, true]);
  });
});
