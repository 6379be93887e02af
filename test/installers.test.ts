import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuildRequest } from '../src/core/contract/environment.ts';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import { packageRoot } from '../src/paths.ts';
import { openDialect } from './support/dialects.ts';
import { startFileServer, writeIndexPage, type FileServer } from './support/package-index.ts';
import { send, startService, type TestService } from './support/service.ts';
import { makeSource, writeWheel } from './support/wheels.ts';

const LOGIN = 'ada:s3cr3t-w0rd';
const before = { ...process.env };
let root: string;
/** The operator's, whose password is in pip's configuration. */
let index: FileServer;
/** Holds files that the index links to. */
let mirror: FileServer;
/** Whom no build has any business with. */
let stranger: FileServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'installers-'));
  await chmod(root, 0o755);
  const wheels = join(root, 'wheels');
  await mkdir(wheels);
  stranger = await startFileServer((path) =>
    path.endsWith('.tar.gz') ? makeSource('evil', `${stranger.url}/ran`) : readWheel('away'),
  );
  mirror = await startFileServer(() => readWheel('mirrored'));
  const readWheel = (name: string): Buffer => readFileSync(join(wheels, `${name}-1.0-py3-none-any.whl`));
  const needs: Record<string, readonly string[]> = {
    ...{ toy: [], away: [], mirrored: [] },
    poisoned_wheel: [`away @ ${stranger.url}/away-1.0-py3-none-any.whl`],
    poisoned_source: [`evil @ ${stranger.url}/evil-1.0.tar.gz`],
    poisoned_variable: [
      `away @ ${stranger.url}/\${UV_DEFAULT_INDEX}/\${PIP_INDEX_URL}/away-1.0-py3-none-any.whl`,
    ],
    poisoned_file: ['away @ file:///etc/hosts'],
  };
  for (const [name, requires] of Object.entries(needs)) {
    writeWheel(wheels, name, '1.0', { [`${name}/__init__.py`]: 'VALUE = 7\n' }, requires);
  }
  index = await startFileServer((path) => {
    const [, folder, name = ''] = path.split('/');
    if (folder === 'files')
      return name.endsWith('.whl')
        ? readFileSync(join(wheels, name))
        : makeSource('only_source', `${stranger.url}/ran`);
    const project = name.replaceAll('-', '_');
    if (project === 'only_source') return writeIndexPage(['/files/only_source-1.0.tar.gz']);
    if (project === 'mirrored') return writeIndexPage([`${mirror.url}/mirrored-1.0-py3-none-any.whl`]);
    return project in needs ? writeIndexPage([`/files/${project}-1.0-py3-none-any.whl`]) : undefined;
  }, LOGIN);
  process.env['PIP_INDEX_URL'] = `${index.url.replace('//', `//${LOGIN}@`)}/simple`;
  for (const name of ['PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS', 'PIP_NO_INDEX']) delete process.env[name];
});

afterAll(async () => {
  process.env = before;
  for (const server of [index, mirror, stranger]) await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const escapes = (address: string): Record<string, unknown>[] => [
  { packages: [`toy; python_version > '3'\n--index-url ${address}`] },
  { packages: [`toy; python_version > '3'\r--index-url ${address}`] },
  { packages: [`toy; python_version > '3'\u2028-r /etc/passwd`] },
  { packages: [`toy\n${address}/evil-1.0.tar.gz`] },
  { packages: [`toy; python_version > '\${UV_DEFAULT_INDEX}'`] },
  { packages: [`away @ ${address}/\${UV_INDEX}`] },
  { requirements: `toy; python_version > '3'\r--extra-index-url ${address}` },
  { requirements: `toy # a comment\u2028--index-url ${address}` },
  { requirements: `toy \\\n--index-url ${address}` },
  { requirements: '-r /etc/passwd' },
  { requirements: '-c /etc/passwd' },
  { requirements: `-e ${address}` },
  { lock: `toy==1.0 --hash=sha256:${'0'.repeat(64)}\r--index-url ${address}` },
];

describe.each(['uv', 'pip'])('what %s is told', { timeout: 240_000 }, (installer) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({
      ...{ BRIG_STATE_DIR: join(root, installer), BRIG_BUILDS: 'wheels' },
      ...{ BRIG_INSTALLER: installer, BRIG_BUILD_DISK_MB: '64', BRIG_BUILD_TIMEOUT: '60' },
    });
  });
  afterAll(() => service.close());
  beforeEach(() => expect(service.incidents).toEqual([]));

  const post = (body: unknown) =>
    send(`${service.url}/environments`, JSON.stringify(body), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
  /** Builds by packages, and gives how that ended and all that was said. */
  const build = async (name: string, request: Partial<BuildRequest> = {}): Promise<[string, string]> => {
    const order = readBuildRequest(
      { name, packages: [name], ...request },
      { isOperator: false, builds: 'wheels' },
    );
    const started = service.service.environments.build(order);
    const ending = await started.done.then(
      () => 'built',
      (error: unknown) => String((error as { reason?: unknown }).reason),
    );
    const said = JSON.stringify(started.report());
    expect(said).not.toMatch(/s3cr3t|w0rd/);
    return [ending, said];
  };

  it('is what the request says in parts, and no option, place or variable', async () => {
    for (const request of escapes(stranger.url)) {
      const { status, body } = await post({ name: 'x', ...request });
      expect([status, body.error, body.message], JSON.stringify(request)).toEqual([
        400,
        'invalid_input',
        expect.stringMatching(/^(?:packages\[0\]|Line \d): /),
      ]);
    }
    // Past the check of requests the file is made of parts all the same.
    const [request] = escapes(stranger.url);
    const unchecked = { runtime: 'python', preload: [], allow_source: false, ...request } as unknown;
    const started = service.service.environments.build({ ...(unchecked as BuildRequest), name: 'unchecked' });
    await expect(started.done).rejects.toMatchObject({ reason: 'install_failed' });
    expect(stranger.requests).toEqual([]);
  });

  it('comes from the index, with its password, which nobody else gets', async () => {
    expect(
      (await build('toy', { requirements: "toy ; python_version > '3' # all\r\n", packages: undefined }))[0],
    ).toBe('built');
    expect((await build('mirrored'))[0]).toBe('built');
    expect(index.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
    expect(mirror.requests.length).toBeGreaterThan(0);
    for (const { headers, path } of mirror.requests) {
      expect(JSON.stringify([headers, path])).not.toMatch(/authorization|s3cr3t/);
    }
  });

  it.each(['poisoned_wheel', 'poisoned_source', 'poisoned_variable', 'poisoned_file'])(
    'is no place that a package of the index names: %s',
    async (name) => {
      const [ending, said] = await build(name);
      expect([ending, stranger.requests]).toEqual(['install_failed', []]);
      expect(said).toMatch(/packages come from indexes, by name|URL dependenc|could not be parsed|Failed/);
    },
  );

  it('runs no set-up program of a package that comes as source', async () => {
    expect((await build('only_source'))[0]).toBe('install_failed');
    expect(stranger.requests).toEqual([]);
  });
});

describe('other doors to the installer', { timeout: 240_000 }, () => {
  it('take no options either: the command line, the library, prebuilt images', async () => {
    const { createBrig } = await import('../src/index.ts');
    const settings = { BRIG_STATE_DIR: join(root, 'uv'), BRIG_INSTALLER: 'pip' };
    const [escape = {}] = escapes(stranger.url);
    await using brig = await createBrig(settings);
    const request = { name: 'x', ...escape } as Parameters<typeof brig.environments.build>[0];
    await expect(brig.environments.build(request)).rejects.toThrow(
      /packages\[0\]: the control or line character/,
    );
    const file = join(root, 'requirements.txt');
    await writeFile(file, `toy\r-r /etc/passwd\n`);
    const main = join(packageRoot, 'src/cli/main.ts');
    const run = (...args: string[]) =>
      execa(process.execPath, [main, 'env', 'build', 'x', ...args], { env: settings, reject: false });
    const listed = await run(`toy; python_version > '3'\n--index-url ${stranger.url}`);
    expect([listed.exitCode === 0, listed.stderr]).toEqual([false, expect.stringContaining('U+000A')]);
    const read = await run('--requirements', file);
    expect([read.exitCode === 0, read.stderr]).toEqual([false, expect.stringContaining('U+000D')]);
    expect(await readFile(file, 'utf8')).toContain('\r');
    const service = await startService({ ...settings, BRIG_BUILDS: 'wheels' });
    try {
      const client = openDialect(service.url, 'quartermaster');
      const setup_script = `pip install --index-url ${stranger.url} away`;
      const { status } = await client.post('/prebuild', { tag: 'x', setup_script });
      expect(status).toBe(400);
    } finally {
      await service.close();
    }
    expect(stranger.requests).toEqual([]);
  });
});
