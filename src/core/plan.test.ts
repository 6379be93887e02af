import { limits } from './contract/limits.test-support.ts';
import { describe, expect, it } from 'vitest';
import { planRequest, type ExecutionPlan } from './plan.ts';
import { executeRequestSchema } from './contract/request.ts';
import { readRequest } from './validation/read-request.ts';

const plan = (parts: object = {}): ExecutionPlan =>
  planRequest(
    readRequest(JSON.stringify({ script: 'def main(): ...', ...parts }), {
      policy: { defaults: limits, ceilings: limits },
      scriptBytes: 1024,
    }),
  );

/** For each field a request that sets it, and the part of the plan that results. */
const fields: Readonly<Record<keyof typeof executeRequestSchema.shape, readonly [object, object]>> = {
  script: [{ script: 'x = 1' }, { script: 'x = 1' }],
  runtime: [{ runtime: 'node' }, { runtime: 'node' }],
  mode: [{ mode: 'script', args: ['a'] }, { entry: { kind: 'script', argsJson: '["a"]', file: undefined } }],
  function: [{ function: 'run' }, { entry: { kind: 'function', name: 'run' } }],
  args: [{ args: [5] }, { entry: { argsJson: '[5]' } }],
  kwargs: [{ kwargs: { a: 1 } }, { entry: { kwargsJson: '{"a":1}' } }],
  stdin: [{ stdin: 'in' }, { input: { stdin: 'in' } }],
  files: [{ files: [{ path: 'a', content: '' }] }, { workspace: { files: [{ path: 'a' }] } }],
  return_files: [{ return_files: ['*'] }, { workspace: { returnFiles: ['*'] } }],
  env: [{ env: { A: 'b' } }, { input: { env: { A: 'b' } } }],
  limits: [{ limits: { timeout: 3 } }, { limits: { timeout: 3 } }],
  policy: [{ policy: { mode: 'report' } }, { policy: { mode: 'report' } }],
  environment: [{ environment: 'plain' }, { environment: 'plain' }],
  isolation: [{ isolation: 'nsjail' }, { isolation: 'nsjail' }],
  wait: [{ wait: 5 }, { wait: 5 }],
  network: [{ network: { allow: ['a.example:1'] } }, { network: [{ host: 'a.example', port: 1 }] }],
  execution_id: [{ execution_id: 'mine' }, { id: 'mine' }],
  validate: [{ validate: true }, { isReviewed: true }],
  validate_only: [{ validate_only: true }, { isPreflight: true }],
};

describe('planRequest', () => {
  it.each(Object.entries(fields))('takes %s where it belongs', (_, [request, expected]) => {
    expect(plan(request)).toMatchObject(expected);
    expect(plan()).not.toMatchObject(expected);
  });

  it('asks for nothing that only a dialect asks for', () => {
    expect(plan()).toMatchObject({ resultEncoding: 'strict', workspace: { root: undefined } });
    expect(plan({ mode: 'script' }).entry).toEqual({ kind: 'script', argsJson: '[]', file: undefined });
  });

  it('takes no field of a request that it does not know', () => {
    const request = {
      ...readRequest('{"script":"1"}', { policy: { defaults: limits, ceilings: limits }, scriptBytes: 99 }),
    };
    const planned = planRequest({ ...request, surprise: 'all', root: '/' } as typeof request);
    expect(JSON.stringify(planned)).not.toMatch(/surprise|all/);
    expect(planned.workspace.root).toBeUndefined();
  });
});
