import { limits } from '../core/contract/limits.test-support.ts';
import { expect, it } from 'vitest';
import { planRequest, type ExecutionPlan } from '../core/plan.ts';
import { parseEntries } from '../core/contract/network/request.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { beginExecution, type ExecutionRules } from './execution-context.ts';

const limitPolicy = { defaults: limits, ceilings: limits };
const rules: ExecutionRules = {
  limitPolicy,
  policy: { mode: 'off', floor: 'enforce', modules: [], functions: [] },
  isolation: 'nursery',
  network: parseEntries(['a.example:443', '10.0.0.5:5432']),
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

it('gives a script the part of the network that was asked for, and refuses what is over a ceiling', () => {
  const asked = parseEntries(['a.example:443']);
  const ask = (network: ExecutionPlan['network'], key?: readonly string[]) => () =>
    beginExecution(
      { ...rules, policy: { ...rules.policy, floor: 'off' } },
      'id',
      { ...planRequest(request), network },
      { caller: { queueKey: 'ada', network: key && parseEntries(key) } },
      new AbortController().signal,
    ).network;
  expect(ask(false)()).toBeUndefined();
  expect(ask(asked)()).toEqual({ allow: asked, operator: rules.network, owner: 'ada' });
  expect(ask(true, ['10.0.0.5:5432'])()?.allow).toEqual(parseEntries(['10.0.0.5:5432']));
  expect(ask(parseEntries(['b.example:1', 'public']))).toThrow(
    'This service does not allow scripts to reach b.example:1 or public.',
  );
  expect(ask(asked, ['10.0.0.5:5432'])).toThrow('The API key does not allow scripts to reach a.example:443.');
  expect(ask(true, [])).toThrow('The API key does not allow scripts to reach any network.');
});
