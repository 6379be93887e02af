import { describe, expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.ts';
import { ALLOW, refuseWith } from './policy.ts';
import { PolicyError } from './tokens.ts';

const withCondition = (condition: string): string =>
  `#define MASK 0xf\nPOLICY a { ALLOW { read(x, y) { ${condition} } } }\nUSE a DEFAULT ERRNO(38)`;

describe('parsePolicy', () => {
  it('reads the policies in the order of their use', () => {
    const text = `// A comment
      POLICY b { ALLOW { read } }
      POLICY a { ERRNO(1) { write, open }, ERRNO(0) { close } } // and another
      USE a, USE b
      DEFAULT ERRNO(38)`;
    expect(parsePolicy(text)).toEqual({
      rules: [
        { call: 'write', when: undefined, action: refuseWith(1) },
        { call: 'open', when: undefined, action: refuseWith(1) },
        { call: 'close', when: undefined, action: refuseWith(0) },
        { call: 'read', when: undefined, action: ALLOW },
      ],
      otherwise: refuseWith(38),
    });
  });

  it('reads conditions', () => {
    const [rule] = parsePolicy(withCondition('(y & MASK) == 3 && (x != 0xffffffffffffffff || x == 5)')).rules;
    expect(rule?.when).toEqual({
      kind: 'all',
      of: [
        { kind: 'equal', argument: 1, mask: 15n, value: 3n },
        {
          kind: 'any',
          of: [
            { kind: 'unequal', argument: 0, mask: 2n ** 64n - 1n, value: 2n ** 64n - 1n },
            { kind: 'equal', argument: 0, mask: 2n ** 64n - 1n, value: 5n },
          ],
        },
      ],
    });
  });

  it.each([
    ['', 'line 1: The policy ends too early.'],
    ['USE a DEFAULT ALLOW', 'line 1: There is no policy a.'],
    ['POLICY a { KILL { read } }', 'line 1: KILL is no action here: ALLOW and ERRNO(number) are.'],
    ['POLICY a { ERRNO(4096) { read } }', 'line 1: There is no error 4096.'],
    ['POLICY a { ERRNO(1x) { read } }', 'line 1: 1x is no decimal or hexadecimal number of 64 bits.'],
    ['POLICY a { ERRNO(010) { read } }', 'line 1: 010 is no decimal or hexadecimal number of 64 bits.'],
    ['POLICY a { ALLOW { read } }\nPOLICY a { ALLOW { read } }', 'line 2: The policy a is there twice.'],
    ['POLICY a { ALLOW { read } } USE a', 'line 1: The policy ends too early.'],
    ['POLICY a { ALLOW { read } }\nUSE a DEFAULT ALLOW\nUSE a', 'line 2: USE stands after the end.'],
    ['POLICY a { ALLOW { SYSCALL[5] } }', 'line 1: [ is not understood: } belongs here.'],
    ['POLICY a { ALLOW { read write } }', 'line 1: write is not understood: } belongs here.'],
    ['POLICY a { ALLOW { 5 } }', 'line 1: 5 is no name.'],
    ['POLICY a { ALLOW { read(a, a) } }', 'line 1: Two arguments of read have one name.'],
    [
      'POLICY a { ALLOW { read(a, b, c, d, e, f, g) } }',
      'line 1: read has more arguments than a system call can.',
    ],
    ['#include "common"', 'line 1: #include "common" is not understood.'],
    ['#define A 1\n#define A 1', 'line 2: A is defined twice.'],
    ['#define A B', 'line 1: B is no decimal or hexadecimal number of 64 bits.'],
    [
      '#define A 0x1ffffffffffffffff',
      'line 1: 0x1ffffffffffffffff is no decimal or hexadecimal number of 64 bits.',
    ],
    [withCondition('x > 5'), 'line 2: > is not understood: == or != belongs here.'],
    [withCondition('x'), 'line 2: } is not understood: == or != belongs here.'],
    [withCondition('z == 5'), 'line 2: z is no argument that is named before the condition.'],
    [withCondition('x == OTHER'), 'line 2: OTHER is not defined.'],
    [
      withCondition('x == 18446744073709551616'),
      'line 2: 18446744073709551616 is no decimal or hexadecimal number of 64 bits.',
    ],
    [withCondition('x & MASK == 5'), 'line 2: & is not understood: == or != belongs here.'],
    [withCondition('(x & y) == 5'), 'line 2: y is not defined.'],
    [withCondition('!x'), 'line 2: ! is not understood: ( belongs here.'],
    [withCondition('x == 1 && y == 2 || y == 3'), 'line 2: && and || beside each other need parentheses.'],
    [withCondition('x == 1 || y == 2 && y == 3'), 'line 2: && and || beside each other need parentheses.'],
    [withCondition(`${'('.repeat(30)}x == 1${')'.repeat(30)}`), 'line 2: There are too many parentheses.'],
    [withCondition('(x == 1'), 'line 2: } is not understood: ) belongs here.'],
  ])('refuses %j', (text, message) => {
    expect(() => parsePolicy(text)).toThrow(PolicyError);
    expect(() => parsePolicy(text)).toThrow(message);
  });
});
