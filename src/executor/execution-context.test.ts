import { limits } from '../core/contract/limits.test-support.ts';
import { expect, it } from 'vitest';
import { planRequest, type ExecutionPlan } from '../core/plan.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { beginExecution, type ExecutionRules } from './execution-context.ts';

const limitPolicy = { defaults: limits, ceilings: limits };
const rules: ExecutionRules = {
  limitPolicy,
  policy: { mode: 'off', floor: 'enforce', modules: [], functions: [] },
  isolation: 'nursery',
  environments: { as: () => ({ resolve: (name = 'default') => ({ name, environment: undefined }) }) },
};
const request = readRequest('{"script": "1", "mode": "script"}', { policy: limitPolicy, scriptBytes: 1024 });
const begin = (parts: Partial<ExecutionPlan>) =>
  beginExecution(rules, 'id', { ...planRequest(request), ...parts }, {}, new AbortController().signal);

it('runs nothing that an enforced policy cannot look at', () => {
  expect(begin({}).policy?.mode).toBe('enforce');
  expect(() => begin({ runtime: 'node' })).toThrow('runtime "node" cannot be used');
  expect(() => begin({ entry: { kind: 'command', command: 'python main.py', file: 'main.py' } })).toThrow(
    'a shell command cannot be used',
  );
});

it('makes a jail in a stronger way than the operator, never in a weaker one', () => {
  expect(begin({}).isolation).toBe('nursery');
  expect(begin({ isolation: 'nsjail' }).isolation).toBe('nsjail');
  const strict = { ...rules, isolation: 'nsjail' } as const;
  const plan = { ...planRequest(request), isolation: 'nursery' } as const;
  const ask = () => beginExecution(strict, 'id', plan, {}, new AbortController().signal);
  expect(ask).toThrow(expect.objectContaining({ category: 'forbidden' }));
});
