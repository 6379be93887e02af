import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callNumbers } from './call-numbers.ts';
import { compileFilter } from './compile-filter.ts';
import { judgeCall, listComparisons, listTurns } from './judge-call.test-support.ts';
import { parsePolicy } from './parse-policy.ts';
import { loadFilter, X86_64 } from './run-filter.test-support.ts';

const X32 = 0x40_00_00_00;
const run = (policy: string, number: number, ...values: bigint[]): number =>
  loadFilter(compileFilter(policy))({ number, architecture: X86_64, arguments: values });

const oneOf = (count: number): string =>
  Array.from({ length: count }, (_, index) => `(x & 0xffffffff) == ${index * 3}`).join(' || ');

/** Conditions over two arguments, as text: small numbers meet often, and large ones have both halves. */
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: 8n }),
  fc.constantFrom(0x80n, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0003n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const side = fc.oneof(
  fc.constantFrom('x', 'y'),
  fc.tuple(fc.constantFrom('x', 'y'), number).map(([name, mask]) => `(${name} & ${mask})`),
);
const comparison = fc.tuple(side, fc.constantFrom('==', '!='), number).map((parts) => parts.join(' '));
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc
      .tuple(
        fc.constantFrom(' && ', ' || '),
        fc.array(
          tie('condition').map((one) => `(${one})`),
          { minLength: 2, maxLength: 4 },
        ),
      )
      .map(([sign, parts]) => parts.join(sign)),
  ),
}));
const action = fc.constantFrom('ALLOW', 'ERRNO(0)', 'ERRNO(1)', 'ERRNO(38)');
const call = fc.constantFrom(...[...callNumbers.keys()].slice(0, 40));
const rule = fc
  .tuple(action, call, fc.option(condition))
  .map(([what, name, when]) => `${what} { ${name}${when === null ? '' : `(x, y) { ${when} }`} }`);
const policies = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 12 }), action)
  .map(([rules, otherwise]) => `POLICY a { ${rules.join(', ')} } USE a DEFAULT ${otherwise}`);

describe('compileFilter', () => {
  it('judges each call as the policy does', () => {
    fc.assert(
      fc.property(policies, fc.array(number, { minLength: 2, maxLength: 6 }), (text, drawn) => {
        const policy = parsePolicy(text);
        const filter = loadFilter(compileFilter(text));
        const turns = policy.rules.flatMap(({ when }) =>
          when === undefined ? [] : listComparisons(when).flatMap(listTurns),
        );
        const values = [...drawn, ...turns.filter((_, index) => index % 7 === 0)];
        for (const { call: name } of policy.rules)
          for (const [index, value] of values.entries()) {
            const called = {
              number: callNumbers.get(name) ?? -1,
              architecture: X86_64,
              arguments: [value, values[(index * 5 + 1) % values.length] ?? 0n],
            };
            expect(filter(called)).toBe(judgeCall(policy, called));
          }
        for (let index = 0; index < 500; index += 1) {
          const called = { number: index, architecture: X86_64, arguments: [1n, 2n] };
          expect(filter(called)).toBe(judgeCall(policy, called));
        }
      }),
      { numRuns: 100 },
    );
  });

  const small = 'POLICY a { ALLOW { read, getpid } } USE a DEFAULT ERRNO(38)';

  it('ends the thread of another architecture, and knows no call of x32', () => {
    const filter = loadFilter(compileFilter(small));
    expect(filter({ number: 0, architecture: 0x40_00_00_03, arguments: [] })).toBe(0);
    expect(run(small, 0)).toBe(0x7f_ff_00_00);
    expect(run(small, X32)).toBe(0x5_00_26);
  });

  it('asks for the architecture before all else', () => {
    const [load, ask] = [0, 8].map((start) => compileFilter(small).subarray(start, start + 8));
    expect(load).toEqual(Buffer.from('2000000004000000', 'hex'));
    expect(ask?.readUInt16LE(0)).toBe(0x15);
    expect(ask?.readUInt32LE(4)).toBe(X86_64);
  });

  it('compares all 64 bits of an argument', () => {
    const policy = 'POLICY a { ALLOW { read(x) { x == 0 } } } USE a DEFAULT ERRNO(1)';
    expect(run(policy, 0, 0n)).toBe(0x7f_ff_00_00);
    expect(run(policy, 0, 1n << 32n)).toBe(0x5_00_01);
    expect(run(policy, 0, 1n)).toBe(0x5_00_01);
  });

  it('reaches decisions that lie further than a jump', () => {
    const policy = `POLICY a { ALLOW { read(x) { ${oneOf(700)} } }, ERRNO(5) { read }, ALLOW { getpid } } USE a DEFAULT ERRNO(38)`;
    expect(run(policy, 0, 699n * 3n)).toBe(0x7f_ff_00_00);
    expect(run(policy, 0, 0n)).toBe(0x7f_ff_00_00);
    expect(run(policy, 0, 1n)).toBe(0x5_00_05);
    expect(run(policy, callNumbers.get('getpid') ?? -1)).toBe(0x7f_ff_00_00);
    expect(run(policy, 400)).toBe(0x5_00_26);
  });

  it('refuses a call without a number', () => {
    expect(() => compileFilter('POLICY a { ALLOW { nonesuch } } USE a DEFAULT ERRNO(1)')).toThrow(
      'No number is known of the system call nonesuch',
    );
  });

  it('refuses what becomes too long, or takes too long to compile', () => {
    const names = ['read', 'write', 'open', 'close', 'bind', 'listen', 'accept', 'brk'];
    const rules = names.map((name, index) => `${name}(x) { ${oneOf(600)} || x == ${10_000 + index} }`);
    expect(() => compileFilter(`POLICY a { ALLOW { ${rules.join(', ')} } } USE a DEFAULT ERRNO(1)`)).toThrow(
      'the kernel takes 4096',
    );
    const wide = Array.from({ length: 400 }, (_, index) => `x == ${index}`).join(' || ');
    expect(() => compileFilter(`POLICY a { ALLOW { read(x) { ${wide} } } } USE a DEFAULT ERRNO(1)`)).toThrow(
      'The conditions of a call are too many.',
    );
  });
});
