import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../src/core/contract/environment.ts';
import { parseConfig, toLimitPolicy } from '../src/config.ts';
import { planRequest } from '../src/core/plan.ts';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import { readRequest } from '../src/core/validation/read-request.ts';
import { changeKeyFile } from '../src/keys/change-key-file.ts';
import { createRecord, type KeyWish } from '../src/keys/create-record.ts';
import { send, startService, type TestService } from './support/service.ts';
import { writeWheel } from './support/wheels.ts';

const before = { ...process.env };
const keys: Record<string, string> = {};
let root: string;
let service: TestService;

type Body = Partial<Environment> & {
  error?: string;
  message?: string;
  removed?: string[];
  environments?: Environment[];
};

const call = async (
  key: string,
  path: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body; text: string }> => {
  const raw = body === undefined ? undefined : JSON.stringify(body);
  const answer = await send(`${service.url}${path}`, raw, {
    method,
    headers: { 'x-api-key': keys[key] ?? '', 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, body: answer.body as unknown as Body, text: answer.text };
};
const build = async (key: string, name: string, more: object = {}): Promise<unknown> => {
  const { status, body } = await call(key, '/environments', 'POST', {
    name,
    packages: ['brig-toy'],
    ...more,
  });
  if (status !== 202) return [status, body.error, body.message];
  return service.service.environments.latestBuild(name)?.done.then(
    () => 'built',
    (error: unknown) => (error as { reason: string }).reason,
  );
};
const use = async (key: string, environment: string) => {
  const script = 'import brig_toy\ndef main(): return brig_toy.VALUE';
  const answer = await service.execute(
    { script, environment },
    { headers: { 'x-api-key': keys[key] ?? '' } },
  );
  return [answer.status, answer.body.result ?? answer.body.error];
};
const names = async (key: string) =>
  (await call(key, '/environments')).body.environments?.map(({ name }) => name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'environment-owners-'));
  await chmod(root, 0o755);
  await mkdir(join(root, 'wheels'));
  const files = { 'brig_toy/__init__.py': 'VALUE = 7\n', 'brig_toy/part.py': 'VALUE = 8\n' };
  writeWheel(join(root, 'wheels'), 'brig_toy', '1.0', files);
  process.env['PIP_FIND_LINKS'] = join(root, 'wheels');
  process.env['PIP_NO_INDEX'] = '1';
  const scope = ['execute', 'environments'];
  const wishes: KeyWish[] = [
    { name: 'ada', scope },
    { name: 'bob', scope },
    { name: 'root', scope: ['admin'] },
    { name: 'few', scope, maxEnvironments: 1 },
    { name: 'small', scope, maxEnvironmentsMb: 0 },
  ];
  const made = wishes.map((wish) => createRecord(wish, new Date()));
  for (const { record, key } of made) keys[record.name] = key;
  const file = join(root, 'keys.json');
  await changeKeyFile(file, () => made.map(({ record }) => record));
  service = await startService({
    ...{ BRIG_STATE_DIR: join(root, 'state'), BRIG_BUILD_NETWORK: 'off', BRIG_BUILDS: 'wheels' },
    ...{
      BRIG_KEYS_FILE: file,
      BRIG_BUILD_DISK_MB: '128',
      BRIG_ENVIRONMENTS_MB: '20',
      BRIG_BUILD_FILES: '30000',
    },
  });
});
afterAll(async () => {
  await service.close();
  process.env = before;
  await rm(root, { recursive: true });
});
beforeEach(() => expect(service.incidents).toEqual([]));

describe('environments of keys', { timeout: 240_000 }, () => {
  it("are their key's alone: for others they are not there", async () => {
    expect(await build('ada', 'adas')).toBe('built');
    expect(await use('ada', 'adas')).toEqual([200, 7]);
    expect((await call('ada', '/environments/adas')).body).toMatchObject({
      owner: 'ada',
      shared: false,
      build: {},
    });
    expect(await names('bob')).toEqual(['plain']);
    const missing = await call('bob', '/environments/nowhere');
    for (const [path, method] of [
      ['/environments/adas', 'GET'],
      ['/environments/adas?import=brig_toy', 'GET'],
      ['/environments/adas', 'DELETE'],
    ] as const) {
      const { status, body } = await call('bob', path, method);
      expect([status, body.message], path).toEqual([404, missing.body.message?.replace('nowhere', 'adas')]);
    }
    expect(await use('bob', 'adas')).toEqual([404, 'not_found']);
    const script = 'import brig_toy\ndef main(): pass';
    const headers = { 'x-api-key': keys['bob'] ?? '' };
    expect((await service.execute({ script }, { headers })).text).not.toContain('adas');
    expect((await call('bob', '/runtimes')).text).not.toContain('adas');
    expect((await call('ada', '/runtimes')).text).toContain('adas');
    expect(await build('bob', 'adas')).toEqual([403, 'forbidden', expect.stringMatching(/"adas" is taken/)]);
    expect((await call('bob', '/environments?unused_days=0', 'DELETE')).body.removed).toEqual([]);
    expect(await use('ada', 'adas')).toEqual([200, 7]);
  });

  it('that are shared can be used by others, and neither replaced, removed nor looked into', async () => {
    expect(await build('ada', 'common', { shared: true })).toBe('built');
    expect(await use('bob', 'common')).toEqual([200, 7]);
    const seen = await call('bob', '/environments/common', 'GET', undefined, {
      accept: 'text/event-stream, application/json',
    });
    expect(seen.body).toMatchObject({ name: 'common', owner: null, shared: true, build: null });
    expect((await call('ada', '/environments/common')).body.build?.progress.length).toBeGreaterThan(0);
    expect(await build('bob', 'common')).toEqual([403, 'forbidden', expect.anything()]);
    expect((await call('bob', '/environments/common', 'DELETE')).status).toBe(403);
    expect(await names('bob')).toEqual(['common', 'plain']);
  });

  it("of the operator are everybody's to use, and nobody's to change", async () => {
    const request = { name: 'given', packages: ['brig-toy'] };
    await service.service.environments.build(readBuildRequest(request, { isOperator: true, builds: 'all' }))
      .done;
    expect(await use('bob', 'given')).toEqual([200, 7]);
    expect((await call('bob', '/environments/given')).body).toMatchObject({
      owner: null,
      shared: true,
      build: null,
    });
    expect((await call('bob', '/environments/given', 'DELETE')).status).toBe(403);
    expect(await build('bob', 'given')).toEqual([403, 'forbidden', expect.anything()]);
  });

  it('are seen, replaced and removed by admin', async () => {
    expect(await names('root')).toEqual(expect.arrayContaining(['adas', 'common', 'given']));
    expect((await call('root', '/environments/adas')).body).toMatchObject({ owner: 'ada' });
    expect((await call('root', '/environments/given', 'DELETE')).status).toBe(200);
  });

  it('are as many and as large as their key allows', async () => {
    expect(await build('few', 'one')).toBe('built');
    expect(await build('few', 'two')).toEqual([
      403,
      'forbidden',
      expect.stringMatching(/may have 1 environments/),
    ]);
    expect(await build('few', 'one', { preload: ['brig_toy'] })).toBe('built');
    expect(await build('small', 'any')).toBe('store_full');
    expect((await call('small', '/environments/any')).body.build?.error?.message).toContain('this API key');
  });

  it('keep their files for what runs in them when they are removed', async () => {
    expect(await build('ada', 'brief')).toBe('built');
    const script =
      'import sys, time\nimport brig_toy\nprint("ready", flush=True)\nsys.stdin.read()\ntime.sleep(2)\nimport brig_toy.part\nprint(brig_toy.part.VALUE)';
    const started = Promise.withResolvers<void>();
    const config = parseConfig({});
    const rules = { policy: toLimitPolicy(config), scriptBytes: config.maxScriptBytes };
    const request = readRequest(JSON.stringify({ script, mode: 'script', environment: 'brief' }), rules);
    const run = service.service.execute(planRequest(request), {
      caller: { queueKey: 'key ada', key: 'ada', scopes: ['execute'] },
      onOutput: () => started.resolve(),
    });
    await Promise.race([started.promise, run]);
    expect((await call('ada', '/environments/brief', 'DELETE')).status).toBe(200);
    expect((await call('ada', '/environments/brief')).status).toBe(404);
    expect(await run).toMatchObject({ success: true, stdout: 'ready\n8\n' });
  });
});

/** By a set-up script of the operator's. */
const make = async (name: string, program: string): Promise<unknown> => {
  const setup_script = `python3 -c 'import os\nos.chdir(os.environ["TARGET"])\n${program}'`;
  const request = readBuildRequest({ name, setup_script }, { isOperator: true, builds: 'all' });
  return service.service.environments.build(request).done.then(
    () => 'built',
    (error: unknown) => (error as { reason: string }).reason,
  );
};

describe('what environments take of the disk', { timeout: 240_000 }, () => {
  it.each([
    ['files of one byte', 'for i in range(10000): open(str(i), "w").write("x")', 'store_full'],
    ['folders', 'for i in range(6000): os.mkdir(f"f{i}"); open(f"f{i}/x", "w").close()', 'store_full'],
    ['files beyond their number', 'for i in range(31000): open(str(i), "w").close()', 'disk_limit'],
    [
      'a deep folder',
      'for i in range(45): os.mkdir("d"); os.chdir("d")\nopen("x", "w").close()',
      'invalid_files',
    ],
    [
      'a long path',
      'for i in range(6): os.mkdir("d" * 200); os.chdir("d" * 200)\nopen("x", "w").close()',
      'invalid_files',
    ],
  ])('is bounded: %s', async (_what, program, reason) => {
    expect(await make('greedy', program)).toBe(reason);
    const left = await readdir(join(root, 'state', 'environments'));
    expect(left.filter((name) => name.startsWith('draft'))).toEqual([]);
  });
});
