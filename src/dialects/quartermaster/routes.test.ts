import { describe, expect, it } from 'vitest';
import { isGivenName } from '../../core/contract/environment.ts';
import type { ExecutionPlan } from '../../core/plan.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { operator } from '../../core/contract/viewer.ts';
import { openKeys, type Keys } from '../../keys/open-keys.ts';
import { createTestApp, fakeExecutor, noEnvironments, succeed } from '../../http/app.test-support.ts';
import { nameOfSpec } from './prebuild.ts';

const base = '/dialects/quartermaster';

const own = [
  { name: 'mine', key: 'brigs-own-key' },
  { name: 'code-runner-1', key: 'first-key' },
  { name: 'auth-token', key: 'a-token=with-this' },
];

async function createGuarded() {
  const plans: ExecutionPlan[] = [];
  const execute = async (plan: ExecutionPlan) => {
    plans.push(plan);
    return succeed('null');
  };
  const keys = await openKeys({ file: undefined, own });
  const app = createTestApp({ keys, executor: fakeExecutor({ execute }) });
  const post = (path: string, headers: Record<string, string>, body = '{"code": "1"}') =>
    app.request(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  return { app, post, plans };
}

describe('keys of quartermaster-code-runner', () => {
  it('are a bearer token or one of several keys, and ours', async () => {
    const { post } = await createGuarded();
    for (const headers of [
      { 'X-API-Key': 'first-key' },
      { Authorization: 'Bearer a-token=with-this' },
      { Authorization: 'Bearer a-token=with-this', 'X-API-Key': 'wrong-key' },
      { 'X-API-Key': 'brigs-own-key' },
    ])
      expect((await post('/run', headers as unknown as Record<string, string>)).status).toBe(200);
  });

  it('are asked for before the body, everywhere but at its health', async () => {
    const { app, post } = await createGuarded();
    for (const path of ['/run', '/prebuild', '/prebuilds/cleanup']) {
      const none = await post(path, {}, 'no JSON');
      expect([none.status, await none.json()]).toEqual([401, { detail: 'Not authenticated' }]);
      const wrong = await post(path, { 'X-API-Key': 'wrong-key' }, 'no JSON');
      expect([wrong.status, await wrong.json()]).toEqual([403, { detail: 'Invalid API Key' }]);
    }
    for (const path of ['/runtimes', '/images', '/prebuilds', '/prebuilds/x'])
      expect((await app.request(`${base}${path}`)).status).toBe(401);
    const health = await app.request(`${base}/health`);
    expect(await health.json()).toEqual({ status: 'ok', docker_connected: true, auth_enabled: true });
  });
});

it('asks the executor for what the defaults of the other system are', async () => {
  const { post, plans } = await createGuarded();
  const headers = { 'X-API-Key': 'first-key' };
  await post('/run', headers, '{"code": "1"}');
  await post('/run', headers, '{"code": "import sdk", "cpu_shares": 256, "mem_limit": "1.5m"}');
  expect(plans[0]).toMatchObject({
    runtime: 'python',
    entry: { kind: 'script', file: 'main.py' },
    workspace: { files: [], returnFiles: [] },
  });
  expect(plans[1]?.workspace.files.map(({ path }) => path)).toEqual(['sdk.py']);
  expect(plans.map(({ limits }) => [limits.cpus, limits.memory_mb])).toEqual([
    [0.5, 256],
    [0.25, 16],
  ]);
});

it('says which limits it cut', async () => {
  const { post } = await createGuarded();
  const ask = async (body: string) =>
    (await post('/run', { 'X-API-Key': 'first-key' }, body)).headers.get('x-limits-cut');
  expect(await ask('{"code": "1", "disk_limit": "999999m", "timeout": 99999}')).toMatch(
    /^timeout=\d+, disk_mb=\d+$/,
  );
  expect(await ask('{"code": "1", "timeout": 1}')).toBeNull();
});

it('builds nothing for a key that may only run', async () => {
  const keys: Keys = {
    authenticate: async () => ({ caller: { queueKey: 'x', scopes: ['execute'] } }),
    close: () => {},
  };
  const app = createTestApp({ keys });
  const response = await app.request(`${base}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: '1', prebuild_spec: { setup_script: 'true' } }),
  });
  expect([response.status, await response.json()]).toEqual([
    403,
    { detail: 'A prebuild_spec that is not built yet needs a key with the scope environments.' },
  ]);
});

it('builds nothing where the operator did not say so', async () => {
  const app = createTestApp();
  const spec = { tag: 'x', setup_script: 'true' };
  const send = async (path: string, body: unknown, method = 'POST') => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.request(`${base}${path}`, { method, headers, body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };
  const reason =
    'Build failed: set-up scripts are foreign code, which the operator allows with BRIG_BUILDS=all.';
  expect(await send('/prebuild', spec)).toEqual([400, { detail: reason }]);
  expect(await send('/run', { code: '1', prebuild_spec: spec })).toEqual([503, { detail: reason }]);
  const unchanged = [403, { detail: 'Callers do not change environments here.' }];
  expect(await send('/prebuilds/cleanup', {})).toEqual(unchanged);
  expect(await send('/prebuilds/x', {}, 'DELETE')).toEqual(unchanged);
});

it('runs a specification in nothing that merely has its name', async () => {
  const asked: string[] = [];
  // Another key was faster, and shares an environment with the name of this specification's.
  const shared: typeof noEnvironments = {
    ...noEnvironments,
    runtimeOf: () => 'python',
    names: () => [nameOfSpec({ base_image: 'python', setup_script: 'true' }, operator)],
    isCurrent: ({ name }) => {
      asked.push(name);
      return false;
    },
    build: () => {
      throw new Refusal('forbidden', 'The name is taken.');
    },
    as: () => shared,
  };
  const plans: ExecutionPlan[] = [];
  const execute = async (plan: ExecutionPlan) => {
    plans.push(plan);
    return succeed('null');
  };
  const app = createTestApp({
    executor: fakeExecutor({ execute }),
    environments: { environments: shared, builds: 'all' },
  });
  const response = await app.request(`${base}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: '1', prebuild_spec: { setup_script: 'true' } }),
  });
  expect([response.status, await response.json()]).toEqual([
    503,
    { detail: 'Build failed: The name is taken.' },
  ]);
  expect(plans).toEqual([]);
  expect(asked.every((name) => isGivenName(name))).toBe(true);
});
