import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../src/core/contract/environment.ts';
import { startServe } from './support/serve.ts';
import { postExecute, startService, type TestService } from './support/service.ts';
import { writeWheel } from './support/wheels.ts';

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: Environment & { message?: string; error?: string; environments?: Environment[] };
}

async function call(url: string, method = 'GET', body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { status, headers } = response;
  return { status, location: headers.get('location'), body: (await response.json()) as Answer['body'] };
}

/** Waits for the end of a build as a client does: by its events. */
async function watch(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return response.text();
}

describe('/environments', { timeout: 240_000 }, () => {
  let root: string;
  let service: TestService;
  const before = { ...process.env };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'environments-http-'));
    await chmod(root, 0o755);
    await mkdir(join(root, 'wheels'));
    writeWheel(join(root, 'wheels'), 'brig_toy', '1.0', { 'brig_toy/__init__.py': 'VALUE = 7\n' });
    process.env['PIP_FIND_LINKS'] = join(root, 'wheels');
    process.env['PIP_NO_INDEX'] = '1';
    service = await startService({
      ...{ BRIG_STATE_DIR: join(root, 'state'), BRIG_BUILD_NETWORK: 'off', BRIG_BUILDS: 'wheels' },
      ...{ BRIG_BUILD_DISK_MB: '64', BRIG_INSTALLER: 'pip' },
    });
  });

  afterAll(async () => {
    await service.close();
    process.env = before;
    await rm(root, { recursive: true });
  });

  it('builds with 202, tells the progress as events, and answers what is in it', async () => {
    const url = `${service.url}/environments`;
    const accepted = await call(url, 'POST', { name: 'toy', packages: ['brig-toy'] });
    expect([accepted.status, accepted.location, accepted.body.state]).toEqual([
      202,
      '/environments/toy',
      'building',
    ]);
    const script = 'import brig_toy\ndef main(): return brig_toy.VALUE';
    const early = await service.execute({ script, environment: 'toy' });
    expect([early.status, early.headers['retry-after'], early.body.retryable]).toEqual([503, '10', true]);
    expect(early.body.error_type).toBe('environment_building');
    expect(early.body.message).toMatch(
      /^The environment "toy" is being built \(step 1 of 3, installing, for/,
    );
    const [patient, ended] = await Promise.all([
      service.execute({ script, environment: 'toy', wait: 60 }),
      call(`${url}/toy?wait=60`),
    ]);
    expect([patient.body.result, ended.body.state]).toEqual([7, 'ready']);
    expect((await call(`${url}/toy?wait=1e9`)).status).toBe(400);
    const events = await watch(`${url}/toy`);
    expect(events).toMatch(/event: progress\ndata: \{"line":"Successfully installed brig-toy-1\.0"\}/);
    expect(events).toMatch(/event: ended\ndata: \{"name":"toy","state":"ready"/);
    const { body } = await service.execute({ script, environment: 'toy' });
    expect([body.result, (body.execution as unknown as { environment: string }).environment]).toEqual([
      7,
      'toy',
    ]);
    const toy = await call(`${url}/toy?import=brig_toy`);
    expect(toy.body).toEqual({
      name: 'toy',
      import: {
        ...{ module: 'brig_toy', available: true, source: 'package' },
        ...{ package: 'brig_toy', version: '1.0' },
      },
    });
    const yaml = await call(`${url}/toy?import=yaml`);
    expect(yaml.body).toMatchObject({ import: { available: false, package: null, version: null } });
    expect((await call(url)).body.environments?.map(({ name }) => name)).toEqual(['toy', 'plain']);
    expect((await call(`${url}/toy`, 'DELETE')).status).toBe(200);
    expect((await call(`${url}/toy`)).status).toBe(404);
    expect((await call(`${url}?unused_days=0`, 'DELETE')).body).toEqual({ removed: [] });
  });

  it.each([
    [{ name: 'x' }, 'invalid_input', /Exactly one of/],
    [{ name: 'X!', packages: ['six'] }, 'invalid_input', /name of an environment/],
    [{ name: 'x', package: ['six'] }, 'invalid_input', /did you mean "packages"/],
    [{ name: 'x', packages: ['six @ https://169.254.169.254/six.whl'] }, 'invalid_input', /URLs and paths/],
    [
      { name: 'x', requirements: 'six\n--index-url https://evil.invalid' },
      'invalid_input',
      /Line 2: .* option of pip/,
    ],
    [{ name: 'x', packages: ['../six.whl'] }, 'invalid_input', /no requirement by name/],
    [{ name: 'x', lock: 'six==1.17.0' }, 'invalid_input', /pinned version with hashes/],
    [{ name: 'plain', packages: ['six'] }, 'invalid_input', /never built/],
    [{ name: 'default', packages: ['six'] }, 'forbidden', /Only the operator/],
    [{ name: 'x', setup_script: 'true' }, 'forbidden', /foreign code/],
    [{ name: 'x', packages: ['six'], allow_source: true }, 'forbidden', /foreign code/],
  ])('refuses %j', async (request, error, message) => {
    const { status, body } = await call(`${service.url}/environments`, 'POST', request);
    expect([status, body.error]).toEqual([error === 'forbidden' ? 403 : 400, error]);
    expect(body.message).toMatch(message);
  });

  it('builds nothing for callers where the operator did not say so', async () => {
    const closed = await startService();
    try {
      const request = { name: 'x', packages: ['six'] };
      expect((await call(`${closed.url}/environments`, 'POST', request)).status).toBe(403);
      expect((await call(`${closed.url}/environments/x`, 'DELETE')).status).toBe(403);
    } finally {
      await closed.close();
    }
  });

  it('keeps the old environment when the service is killed during a build, and leaves nothing half-made', async () => {
    const state = join(root, 'killed');
    const settings = { BRIG_STATE_DIR: state, BRIG_BUILD_NETWORK: 'off', BRIG_BUILDS: 'all' };
    const first = await startServe(settings);
    const url = `${first.url}/environments`;
    await call(url, 'POST', { name: 'toy', packages: ['brig-toy'] });
    await watch(`${url}/toy`);
    const setup_script = 'echo started; python3 -c "import time; time.sleep(200)"';
    await call(url, 'POST', { name: 'toy', setup_script });
    await expect
      .poll(async () => (await call(`${url}/toy`)).body.build?.progress, { timeout: 60_000, interval: 200 })
      .toContain('started');
    first.kill('SIGKILL');
    await first.ended;
    const second = await startServe(settings);
    try {
      const script = 'import brig_toy\ndef main(): return brig_toy.VALUE';
      expect((await postExecute(second.url, { script, environment: 'toy' })).body.result).toBe(7);
      const left = await readdir(join(state, 'environments'));
      expect(left.filter((name) => name.startsWith('draft'))).toEqual([]);
    } finally {
      second.kill('SIGTERM');
      await second.ended;
    }
  });
});
