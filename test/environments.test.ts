import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuildRequestInput } from '../src/core/contract/environment.ts';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import type { Build } from '../src/environments/environments.ts';
import { startService, type TestService } from './support/service.ts';
import { writeWheel } from './support/wheels.ts';

/** Wheels of our own in a folder that pip is told of: these tests need no index. */
describe('package environments', { timeout: 240_000 }, () => {
  let root: string;
  let wheels: string;
  let service: TestService;
  let hash: string;
  const before = { ...process.env };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'environments-'));
    await chmod(root, 0o755);
    wheels = join(root, 'wheels');
    await mkdir(wheels);
    hash = writeWheel(wheels, 'brig_toy', '1.0', {
      'brig_toy/__init__.py': '__version__ = "1.0"\nVALUE = 7\n',
    });
    writeWheel(wheels, 'brig_toy', '2.0', { 'brig_toy/__init__.py': '__version__ = "2.0"\nVALUE = 8\n' });
    const many = Array.from({ length: 4000 }, (_, index) => [`brig_large/data/${index}.txt`, '']);
    writeWheel(wheels, 'brig_large', '1.0', { 'brig_large/__init__.py': '', ...Object.fromEntries(many) });
    writeWheel(wheels, 'brig_broken', '1.0', { 'brig_broken/__init__.py': 'import no_such_library\n' });
    process.env['PIP_FIND_LINKS'] = wheels;
    process.env['PIP_NO_INDEX'] = '1';
    process.env['PIP_EXTRA_INDEX_URL'] = 'https://ada:s3cr3t-w0rd@index.invalid/simple';
    service = await startService({
      BRIG_STATE_DIR: join(root, 'state'),
      BRIG_BUILD_NETWORK: 'off',
      BRIG_INSTALLER: 'uv',
      BRIG_BUILD_DISK_MB: '64',
      BRIG_BUILD_TIMEOUT: '120',
    });
  });

  afterAll(async () => {
    await service.close();
    process.env = before;
    await rm(root, { recursive: true });
  });

  beforeEach(() => expect(service.incidents).toEqual([]));

  const order = (request: BuildRequestInput): Build =>
    service.service.environments.build(readBuildRequest(request, { isOperator: true, builds: 'off' }));
  const build = (request: BuildRequestInput): Promise<void> => order(request).done;
  const version = async (environment: string): Promise<unknown> => {
    const script = 'import brig_toy\ndef main():\n    return [brig_toy.__version__, brig_toy.__file__]';
    return (await service.execute({ script, environment })).body.result;
  };
  const drafts = async (): Promise<string[]> =>
    (await readdir(join(root, 'state', 'environments'))).filter((name) => name.startsWith('draft'));
  const failure = async (request: BuildRequestInput): Promise<unknown> =>
    build(request).then(
      () => 'it was built',
      (error: unknown) => error,
    );

  it('are built, used, listed and removed', async () => {
    await build({ name: 'toy', packages: ['brig-toy==1.0'] });
    expect(await version('toy')).toEqual([
      '1.0',
      expect.stringMatching(/^\/usr\/.*\/site-packages\/brig_toy\/__init__\.py$/),
    ]);
    const environment = await service.service.environments.get('toy');
    expect(environment).toMatchObject({
      state: 'ready',
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      packages: [{ name: 'brig_toy', version: '1.0', imports: ['brig_toy'] }],
      build: { state: 'succeeded' },
    });
    expect(environment.size_bytes).toBeGreaterThan(0);
    expect(environment.build?.progress.join('\n')).toContain('+ brig-toy==1.0');
    const misspelt = 'import brig_tyo\ndef main(): pass';
    for (const validate_only of [false, true]) {
      const { body } = await service.execute({ script: misspelt, environment: 'toy', validate_only });
      expect(body.suggestions).toContain('Did you mean `import brig_toy`?');
    }
    await service.service.environments.remove('toy');
    expect((await service.execute({ script: 'def main(): 1', environment: 'toy' })).status).toBe(404);
    expect(await drafts()).toEqual([]);
  });

  it('have byte code that is used: it does not depend on the times of files', async () => {
    await build({ name: 'compiled', packages: ['brig-toy==1.0'] });
    const script =
      'import brig_toy\ndef main():\n    return list(open(brig_toy.__cached__, "rb").read(8)[4:])';
    const { body } = await service.execute({ script, environment: 'compiled' });
    // PEP 552: bound to no source that would be looked at.
    expect(body.result).toEqual([1, 0, 0, 0]);
  });

  it('change as a whole when they are built again', async () => {
    await build({ name: 'again', packages: ['brig-toy==1.0'] });
    await build({ name: 'again', requirements: '# the newer one\nbrig-toy >= 1.5\n' });
    expect(await version('again')).toMatchObject(['2.0', expect.anything()]);
  });

  it('stay as they are when a build fails, and say why it did', async () => {
    await build({ name: 'steady', packages: ['brig-toy==1.0'] });
    expect(await failure({ name: 'steady', packages: ['no-such-package-anywhere'] })).toMatchObject({
      reason: 'install_failed',
    });
    expect(await version('steady')).toMatchObject(['1.0', expect.anything()]);
    const { state, build: latest } = await service.service.environments.get('steady');
    expect([state, latest?.state, latest?.error?.reason]).toEqual(['ready', 'failed', 'install_failed']);
    expect(latest?.progress.join('\n')).toMatch(/no-such-package-anywhere was not found/);
    expect(await drafts()).toEqual([]);
  });

  it('are built from a lock, whose hashes must be right', async () => {
    await build({ name: 'locked', lock: `brig-toy==1.0 --hash=sha256:${hash}\n` });
    expect(await version('locked')).toMatchObject(['1.0', expect.anything()]);
    const lock = `brig-toy==1.0 --hash=sha256:${'0'.repeat(64)}\n`;
    expect(await failure({ name: 'forged', lock })).toMatchObject({ reason: 'install_failed' });
  });

  it('are not made of a package that cannot be imported', async () => {
    expect(await failure({ name: 'broken', packages: ['brig-broken'] })).toMatchObject({
      reason: 'import_failed',
      message: expect.stringContaining("No module named 'no_such_library'") as string,
    });
    expect((await service.service.environments.get('broken')).state).toBe('failed');
    // Beside what was asked for it is only told.
    await build({ name: 'half', requirements: 'brig-broken\nbrig-toy\n' });
    expect((await service.service.environments.get('half')).broken).toMatchObject([
      { module: 'brig_broken' },
    ]);
  });

  it('never keep or show the credentials of an index', async () => {
    const setup_script = 'echo "index $PIP_EXTRA_INDEX_URL and s3cr3t-w0rd"; pip install brig-toy==1.0';
    await build({ name: 'secret', setup_script });
    const shown = JSON.stringify(await service.service.environments.get('secret'));
    expect(shown).toContain('index https://****@index.invalid/simple and ****');
    expect(shown).not.toContain('s3cr3t');
    const files = await readdir(join(root, 'state', 'environments'), {
      recursive: true,
      withFileTypes: true,
    });
    for (const file of files.filter((entry) => entry.isFile() && entry.name.endsWith('.json'))) {
      expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain('s3cr3t');
    }
  });

  it('end with a disk that is full, and leave nothing', async () => {
    const setup_script = 'python3 -c \'open("/work/packages/big", "wb").write(b"x" * 100_000_000)\'';
    expect(await failure({ name: 'full', setup_script })).toMatchObject({ reason: 'disk_limit' });
    expect(await drafts()).toEqual([]);
  });

  it('take no files that lead outside', async () => {
    const setup_script = 'python3 -c \'import os; os.symlink("/etc/passwd", "/work/packages/passwd")\'';
    expect(await failure({ name: 'outside', setup_script })).toMatchObject({ reason: 'invalid_files' });
    expect(await drafts()).toEqual([]);
  });

  it('have no network where the operator allows none, and are never built as root', async () => {
    const program =
      'import os, socket; print("uid", os.getuid()); socket.create_connection(("192.0.2.1", 80), 5)';
    const one = order({ name: 'alone', setup_script: `python3 -c '${program}'` });
    await one.done.catch(() => undefined);
    expect(one.report().progress).toContain('OSError: [Errno 101] Network is unreachable');
    expect(one.report().progress).toContain('uid 65534');
  });

  it('are built once where two ask for the same, and one after the other where they differ', async () => {
    const twice = [
      order({ name: 'pair', packages: ['brig-toy==1.0'] }),
      order({ name: 'pair', packages: ['brig-toy==1.0'] }),
    ];
    expect(twice[0]).toBe(twice[1]);
    const other = order({ name: 'pair', packages: ['brig-toy==2.0'] });
    await Promise.all([...twice, other].map(({ done }) => done));
    expect(await version('pair')).toMatchObject(['2.0', expect.anything()]);
  });

  it('are imported from a folder of the operator', async () => {
    const folder = join(root, 'own');
    await mkdir(join(folder, 'brig_own'), { recursive: true });
    await writeFile(join(folder, 'brig_own', '__init__.py'), 'VALUE = 11\n');
    await service.service.environments.importFolder({ name: 'own', folder, preload: ['brig_own'] }).done;
    const script =
      'import sys\nahead = "brig_own" in sys.modules\nimport brig_own\ndef main():\n    return [ahead, brig_own.VALUE]';
    // The first one finds no jail that waits; one is made ahead then.
    await expect
      .poll(async () => (await service.execute({ script, environment: 'own' })).body.result, {
        timeout: 20_000,
      })
      .toEqual([true, 11]);
    // The same content has the same address, whatever it is called.
    await service.service.environments.importFolder({ name: 'same', folder, preload: [] }).done;
    const [own, same] = await Promise.all(
      ['own', 'same'].map((name) => service.service.environments.get(name)),
    );
    expect(own?.id).toBe(same?.id);
    const plain = 'import sys\ndef main():\n    return [name for name in sys.modules if "own" in name]';
    expect((await service.execute({ script: plain, environment: 'own' })).body.result).toEqual([]);
  });

  it('tell a script how many processors its limit allows, and size thread pools by it', async () => {
    await build({ name: 'toy', packages: ['brig-toy==1.0'] });
    const script =
      'import os, multiprocessing\ndef main():\n    return [os.cpu_count(), len(os.sched_getaffinity(0)), multiprocessing.cpu_count(), int(os.environ.get("OMP_NUM_THREADS", 0))]';
    const counts = async (fields: object) => (await service.execute({ script, ...fields })).body.result;
    expect(await counts({ environment: 'toy', limits: { cpus: 0.5 } })).toEqual([1, 1, 1, 1]);
    expect(await counts({ environment: 'toy', env: { OMP_NUM_THREADS: '3' } })).toEqual([1, 1, 1, 3]);
    const most = Math.min(2, availableParallelism());
    expect(await counts({ environment: 'plain', limits: { cpus: 2 } })).toEqual([most, most, most, 0]);
  });

  it.each([
    ['that waited', {}],
    ['started for it', { limits: { disk_mb: 3 } }],
  ])('are known to validate_only, in a jail %s', async (_which, fields) => {
    await build({ name: 'toy', packages: ['brig-toy==1.0'] });
    const script = 'import brig_toy\nimport yaml\ndef main(): pass';
    const { body } = await service.execute({ script, validate_only: true, environment: 'toy', ...fields });
    const { validation } = body as unknown as { validation: { imports: unknown[] } };
    expect(validation.imports).toMatchObject([
      { module: 'brig_toy', available: true, source: 'package', version: '1.0' },
      { module: 'yaml', available: false },
    ]);
  });

  it('cost validate_only little, however many files they have', async () => {
    await build({ name: 'large', packages: ['brig-large==1.0'] });
    const script = 'import brig_large\ndef main(): pass';
    const request = { script, validate_only: true, environment: 'large' };
    const { body } = await service.execute(request);
    const { validation } = body as unknown as { validation: { imports: unknown[] } };
    expect(validation.imports).toMatchObject([
      { module: 'brig_large', package: 'brig_large', version: '1.0' },
    ]);
    // CPU time, as the wall clock tells more of the load on the host.
    expect(body.execution.cpu_ms).toBeLessThan(300);
  });

  it('are named where a script lacks a module that one of them has', async () => {
    await build({ name: 'toy', packages: ['brig-toy==1.0'] });
    const { body } = await service.execute({ script: 'import brig_toy\ndef main(): 1' });
    expect(body.suggestions?.join('\n')).toMatch(/environment "\w+" has brig_toy \(brig_toy [12]\.0\): send/);
    const unknown = await service.execute({ script: 'def main(): 1', environment: 'toyy' });
    expect([unknown.status, unknown.body.message]).toEqual([
      404,
      'There is no environment "toyy"; did you mean "toy"?',
    ]);
  });

  it('are removed when nobody used them for long, the default one excepted', async () => {
    await build({ name: 'default', packages: ['brig-toy==2.0'] });
    expect(await version('default')).toMatchObject(['2.0', expect.anything()]);
    const removed = await service.service.environments.prune(0);
    expect(removed).toContain('toy');
    expect((await service.service.environments.list()).map(({ name }) => name)).toContain('default');
    // Without a name for it the script runs in the default one.
    expect(
      (await service.execute({ script: 'import brig_toy\ndef main(): return brig_toy.VALUE' })).body.result,
    ).toBe(8);
    expect(
      (await service.execute({ script: 'import brig_toy\ndef main(): 1', environment: 'plain' })).body.error,
    ).toBe('runtime_error');
  });
});
