import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJson } from './check-json.ts';

function check(text: string): { isJson: boolean; steps: number } {
  const iterator = checkJson(text);
  let steps = 0;
  for (;;) {
    const { done, value } = iterator.next();
    if (done === true) return { isJson: value, steps };
    steps += 1;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function compare(text: string): void {
  expect([text, check(text).isJson]).toEqual([text, parses(text)]);
}

describe('checkJson', () => {
  it.each([
    '0',
    '-0',
    '01',
    '-',
    '1.',
    '.5',
    '1.5e',
    '1e+',
    '1e+5',
    '-1.0E-9',
    '1 2',
    '+1',
    'tru',
    'nullx',
    'true',
  ])('reads the scalar %s as JSON.parse does', (text) => {
    for (const around of [text, `[${text}]`, `{"a":${text}}`, ` ${text}\n`, `[${text},${text}]`])
      compare(around);
  });

  it.each([
    '"',
    '"\\"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\u1234"',
    '"\\x"',
    '"\n"',
    '"\u007f\u2028\ud800"',
    '\u00a01',
    '\ufeff1',
  ])('reads the text %j as JSON.parse does', compare);

  it('agrees with JSON.parse about anything made of its characters', () => {
    const token = fc.constantFrom(
      ...'{}[]:,"\\ue+-.019 \n\u0000tf'.split(''),
      'true',
      'false',
      'null',
      '"a"',
      '"b":',
      '1',
    );
    fc.assert(
      fc.property(fc.array(token), (tokens) => compare(tokens.join(''))),
      { numRuns: 5000 },
    );
  });

  it('agrees with JSON.parse about JSON in which one character was changed', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ...'{}[]:,"\\0 '.split('')),
        (json, place, other) => {
          compare(json);
          const at = place % json.length;
          compare(json.slice(0, at) + other + json.slice(at + 1));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes long text step by step', () => {
    for (const text of [JSON.stringify('a\\"'.repeat(300_000)), `[${'5.0,'.repeat(300_000)}1]`]) {
      expect(check(text).isJson).toBe(true);
      expect(check(text).steps).toBeGreaterThan(10);
    }
  });
});
