import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineReader } from './lines.ts';
import { createRedactor } from './redact.ts';

const index = 'https://ada:s%40cret-of-ada@index.test/simple';

describe('createRedactor', () => {
  it('hides credentials wherever they stand', () => {
    const redact = createRedactor([index, 'https://index.test/plain']);
    expect(redact(`Looking in ${index}`)).toBe('Looking in https://****@index.test/simple');
    expect(redact('401 for s@cret-of-ada and s%40cret-of-ada')).toBe('401 for **** and ****');
    expect(redact('https://tok3n@other.test')).toBe('https://****@other.test');
    expect(redact('https://eve:with@sign@other.test/x@y')).toBe('https://****@other.test/x@y');
    expect(redact('nothing to hide in user@host')).toBe('nothing to hide in user@host');
  });

  it('hides what is secret as it is', () => {
    const redact = createRedactor([], ['npm_t0ken', 'abc']);
    expect(redact('Bearer npm_t0ken, abc')).toBe('Bearer ****, abc');
  });
});

const read = (text: string, pieces: number): string[] => {
  const lines: string[] = [];
  const reader = createLineReader(createRedactor([index]), (line) => lines.push(line));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieces) reader.push(bytes.subarray(at, at + pieces));
  reader.end();
  return lines;
};

describe('createLineReader', () => {
  it('shows no part of a secret, wherever a line is cut and however it comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom(`${index} `, 's@cret-of-ada', '\u001b[1ms@cret\u001b[0m-of-ada'),
        (before, times, pieces, secret) => {
          for (const line of read(`${'x'.repeat(before)}${secret.repeat(times)}y\nnext\n`, pieces)) {
            expect(line).not.toMatch(/s@cr|s%40|cret|ada/);
            expect(line.length).toBeLessThanOrEqual(301);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves nothing in a line that another reader takes for its end', () => {
    expect(read('a\u0085b\u2028c\u001bd\re\n', 3)).toEqual(['abcde']);
  });

  it('takes time in proportion to what is said', () => {
    const lines = read(
      `${'a'.repeat(4_000_000)}\n${'a://'.repeat(500_000)}\n${'x\n'.repeat(200_000)}`,
      65_536,
    );
    expect(lines).toHaveLength(200_002);
  });
});
