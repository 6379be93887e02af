import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { holdExamples } from '../support/page-examples.ts';
import { send, startService, type TestService } from '../support/service.ts';
import { writeWheel } from '../support/wheels.ts';

const before = { ...process.env };
let wheels: string;
let service: TestService;
let client: DialectClient;

beforeAll(async () => {
  wheels = await mkdtemp(join(tmpdir(), 'quartermaster-'));
  await chmod(wheels, 0o755);
  writeWheel(wheels, 'brig_other', '1.0', { 'brig_other/__init__.py': 'VALUE = 8\n' });
  writeWheel(wheels, 'brig_toy', '1.0', { 'brig_toy/__init__.py': 'VALUE = 7\n' });
  process.env['PIP_FIND_LINKS'] = wheels;
  service = await startService({
    BRIG_BUILDS: 'all',
    BRIG_BUILD_DISK_MB: '128',
    BRIG_QUARTERMASTER_ENVIRONMENT: 'its-packages',
  });
  client = openDialect(service.url, 'quartermaster');
});
afterAll(async () => {
  await client.post('/prebuilds/cleanup?max_age_days=0', {});
  await send(`${service.url}/environments/its-packages`, undefined, { method: 'DELETE' });
  process.env = before;
  expect(service.incidents).toEqual([]);
  await service.close();
  await rm(wheels, { recursive: true });
});

const run = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { status, body } = await client.post('/run', request);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
};
const refused = (status: number, detail: string) => ({ status, body: { detail } });

// The page's examples run in it, too: this is first.
it(
  'has the packages of an environment that the operator names in its Python image',
  { timeout: 240_000 },
  async () => {
    const code = 'import brig_toy\nprint(brig_toy.VALUE)';
    const missing = await client.post('/run', { code });
    expect([missing.status, missing.body['detail']]).toEqual([404, expect.stringContaining('its-packages')]);
    expect(await run({ code: 'console.log(1)', image: 'node', timeout: 20 })).toMatchObject({
      stdout: '1\n',
    });
    const order = JSON.stringify({ name: 'its-packages', packages: ['brig-toy'] });
    const headers = { 'content-type': 'application/json' };
    await send(`${service.url}/environments`, order, { method: 'POST', headers });
    await send(`${service.url}/environments/its-packages?wait=120`);
    expect(await run({ code })).toMatchObject({ stdout: '7\n' });
    expect(await run({ code, entrypoint: 'python main.py' })).toMatchObject({ stdout: '7\n' });
  },
);

describe('prebuilt images', { timeout: 240_000 }, () => {
  const setup = { tag: 'Toy_1', base_image: 'python', setup_script: 'pip install brig-toy' };

  it('are built, listed, used, deleted', async () => {
    const built = await client.post('/prebuild', setup);
    expect(built).toEqual({
      status: 200,
      body: {
        ...{ tag: 'prebuilt-Toy_1', base_image: 'code-runner-python' },
        ...{
          size_bytes: expect.any(Number) as number,
          layer_size_bytes: expect.any(Number) as number,
          status: 'ready',
        },
      },
    });
    const code = 'import brig_toy\nprint(brig_toy.VALUE)';
    for (const image of ['Toy_1', 'prebuilt-Toy_1'])
      expect(await run({ code, image })).toMatchObject({ stdout: '7\n' });
    expect(await run({ code, image: 'Toy_1', entrypoint: 'python -u main.py' })).toMatchObject({
      stdout: '7\n',
    });
    const { body } = await client.get('/prebuilds');
    const listed = body['prebuilds'] as Record<string, unknown>[];
    expect(listed.find(({ tag }) => tag === 'prebuilt-Toy_1')).toEqual({
      ...{
        tag: 'prebuilt-Toy_1',
        size_bytes: built.body['size_bytes'],
        created: expect.stringMatching(/^20/) as string,
      },
      labels: { base_image: 'code-runner-python', last_used: expect.any(String) as string },
    });
    expect((await client.get('/prebuilds/Toy_1')).body['tag']).toBe('prebuilt-Toy_1');
    expect(await client.delete('/prebuilds/prebuilt-Toy_1')).toEqual({
      status: 200,
      body: { status: 'deleted', tag: 'prebuilt-Toy_1' },
    });
    const unknown = refused(404, "Prebuilt image 'prebuilt-Toy_1' not found.");
    expect(await client.delete('/prebuilds/Toy_1')).toEqual(unknown);
    expect(await client.get('/prebuilds/prebuilt-Toy_1')).toEqual(unknown);
    expect((await client.post('/run', { code, image: 'Toy_1' })).status).toBe(404);
  });

  it('are built for a run, once, and cleaned up', async () => {
    const request = {
      code: 'import brig_toy\nprint(brig_toy.VALUE)',
      prebuild_spec: { setup_script: 'pip install brig-toy==1.0' },
    };
    expect(await run(request)).toMatchObject({ stdout: '7\n' });
    expect(await run(request)).toMatchObject({ stdout: '7\n' });
    expect(await client.post('/prebuilds/cleanup', {})).toEqual({
      status: 200,
      body: { removed: [], count: 0 },
    });
    const { body } = await client.post('/prebuilds/cleanup?max_age_days=0', {});
    expect(body).toEqual({
      removed: [expect.stringMatching(/^prebuilt-spec-[0-9a-f]{32}$/) as string],
      count: 1,
    });
    expect((await client.get('/prebuilds')).body).toEqual({ prebuilds: [] });
    expect((await client.post('/prebuilds/cleanup?max_age_days=x', {})).status).toBe(422);
  });

  it('keep the name that a run gives them, and are built again when their specification changes', async () => {
    const code = 'import brig_toy\nprint(brig_toy.VALUE)';
    const spec = { setup_script: 'pip install brig-toy==1.0' };
    expect(await run({ code, image: 'own', prebuild_spec: spec })).toMatchObject({ stdout: '7\n' });
    expect(await run({ code, image: 'own' })).toMatchObject({ stdout: '7\n' });
    const other = { setup_script: 'pip install brig-toy==1.0 && pip install brig-other==1.0' };
    const both = 'import brig_other\nprint(brig_other.VALUE)';
    expect(await run({ code: both, image: 'own', prebuild_spec: other })).toMatchObject({ stdout: '8\n' });
    expect(await run({ code: both, image: 'prebuilt-own' })).toMatchObject({ stdout: '8\n' });
    const { body } = await client.get('/prebuilds');
    expect(body).toMatchObject({ prebuilds: [{ tag: 'prebuilt-own' }] });
    expect(await client.post('/run', { code, image: 'a/b', prebuild_spec: spec })).toMatchObject({
      status: 400,
    });
    await client.delete('/prebuilds/own');
  });

  it('that fail say why', async () => {
    const failing = { tag: 'x', setup_script: 'echo one\necho two >&2\nexit 3' };
    const { status, body } = await client.post('/prebuild', failing);
    expect([status, body['detail']]).toEqual([400, expect.stringMatching(/^Build failed: [^]*one\ntwo/)]);
    const spec = await client.post('/run', { code: '1', prebuild_spec: failing });
    expect([spec.status, spec.body['detail']]).toEqual([503, expect.stringMatching(/^Build failed: /)]);
    const prebuildOn = async (base_image: string) =>
      (await client.post('/prebuild', { tag: 'x', base_image, setup_script: 'true' })).status;
    expect(await prebuildOn('go')).toBe(400);
    for (const base_image of ['ruby', 'prebuilt-x']) expect(await prebuildOn(base_image)).toBe(422);
    for (const tag of ['a/b', '', 'x'.repeat(99)])
      expect((await client.post('/prebuild', { tag, setup_script: 'true' })).status).toBe(422);
    expect((await client.get('/prebuilds')).body).toEqual({ prebuilds: [] });
  });
});

describe('the page', { timeout: 240_000 }, () => {
  holdExamples('docs/moving-from-quartermaster.md', () => service.url);
});
