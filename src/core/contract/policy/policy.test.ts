import { describe, expect, it } from 'vitest';
import { policyRequestSchema, resolvePolicy, type OperatorPolicy, type PolicyMode } from './policy.ts';

const operator: OperatorPolicy = { mode: 'off', floor: 'off', modules: ['a'], functions: ['b'] };
const asked = (mode: PolicyMode) => policyRequestSchema.parse({ mode, deny_modules: ['c'] });

describe('resolvePolicy', () => {
  it('is nothing where nobody asks for one', () => {
    expect(resolvePolicy(undefined, operator)).toBeUndefined();
    expect(resolvePolicy(asked('off'), operator)).toBeUndefined();
    expect(resolvePolicy(policyRequestSchema.parse({}), operator)).toBeUndefined();
  });

  it("adds the request's lists to the operator's", () => {
    expect(resolvePolicy(asked('report'), operator)).toEqual({
      mode: 'report',
      modules: ['a', 'c'],
      functions: ['b'],
    });
  });

  it.each<[PolicyMode, PolicyMode, PolicyMode | undefined]>([
    ['off', 'off', undefined],
    ['report', 'off', 'report'],
    ['off', 'enforce', 'enforce'],
    ['enforce', 'report', 'enforce'],
  ])('default %s and floor %s give %s where a request says nothing', (mode, floor, wanted) => {
    expect(resolvePolicy(undefined, { ...operator, mode, floor })?.mode).toBe(wanted);
  });

  it('refuses less than the floor, and takes more', () => {
    const strict: OperatorPolicy = { ...operator, floor: 'report' };
    expect(() => resolvePolicy(asked('off'), strict)).toThrow('below its floor of "report"');
    expect(resolvePolicy(asked('enforce'), strict)?.mode).toBe('enforce');
  });
});

it.each(['a', 'a.b', 'ünï.b', '_x'])('%s names a module', (name) => {
  expect(policyRequestSchema.safeParse({ mode: 'report', deny_modules: [name] }).success).toBe(true);
});

it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a*', '1a', 'a\n', 'x'.repeat(201)])('%j names none', (name) => {
  expect(policyRequestSchema.safeParse({ mode: 'report', deny_modules: [name] }).success).toBe(false);
});

it.each(['eval', 'os.system', 'os.*', 'os.exec*'])('%s names a function', (name) => {
  expect(policyRequestSchema.safeParse({ mode: 'report', deny_functions: [name] }).success).toBe(true);
});

it.each(['*', '*.x', 'os.*.x', 'os.**', 'os.'])('%s names none', (name) => {
  expect(policyRequestSchema.safeParse({ mode: 'report', deny_functions: [name] }).success).toBe(false);
});
