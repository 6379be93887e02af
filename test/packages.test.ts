import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Validation } from '../src/core/preflight/validation.ts';
import { startService, type TestService } from './support/service.ts';

/** One small package, as an operator would install it. */
const PACKAGE = 'six==1.17.0';

describe('packages of the operator', () => {
  let folder: string;
  let service: TestService;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packages-'));
    const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-deps'];
    await execa('python3', ['-m', 'pip', 'install', ...options, '--target', folder, PACKAGE]);
    await writeFile(join(folder, 'loud.py'), 'print("imported")\nraise SystemExit(3)\n');
    // In a state folder of its own: the image that holds them goes with the test.
    service = await startService({
      BRIG_PACKAGES: folder,
      BRIG_PRELOAD: 'six,json',
      BRIG_STATE_DIR: `${folder}-state`,
    });
  });

  afterAll(async () => {
    await service.close();
    await rm(folder, { recursive: true });
    await rm(`${folder}-state`, { recursive: true });
  });

  it('can be imported, and waiting jails have imported what was chosen', async () => {
    const script =
      'import sys\nloaded = "six" in sys.modules\nimport six\ndef main():\n    return [loaded, six.__version__, six.__file__]';
    await expect.poll(() => service.service.health().pool.warm).toBeGreaterThan(0);
    const { body } = await service.execute({ script });
    const [loaded, installed, file] = body.result as [boolean, string, string];
    expect([loaded, installed]).toEqual([true, '1.17.0']);
    expect(file).toMatch(/^\/usr\/.*\/site-packages\/six\.py$/);
  });

  it('are there in a jail that was started for its script as well', async () => {
    const script =
      'import sys\ndef main():\n    loaded = "six" in sys.modules\n    import six\n    return [loaded, six.__version__]';
    const { body } = await service.execute({ script, limits: { disk_mb: 3 } });
    expect(body.result).toEqual([false, '1.17.0']);
  });

  it.each([
    ['that waited', {}],
    ['started for it', { limits: { disk_mb: 3 } }],
  ])('are known to validate_only, and not imported by it, in a jail %s', async (_which, fields) => {
    const script = 'import six, six.moves.urllib, loud\nimport yaml\ndef main(): pass';
    const { body } = await service.execute({ script, validate_only: true, ...fields });
    const { validation } = body as unknown as { validation: Validation };
    const installed = { source: 'package', package: 'six', version: '1.17.0' };
    expect(validation.imports).toMatchObject([
      { module: 'six', available: true, ...installed },
      // Made by six itself when it is imported.
      { module: 'six.moves.urllib', available: null, ...installed },
      { module: 'loud', available: true, source: 'package' },
      { module: 'yaml', available: false },
    ]);
    expect(body).toMatchObject({ message: "No module named 'yaml'", stdout: '' });
  });

  it('change what is said of a module that is missing', async () => {
    const { body } = await service.execute({ script: 'import yaml\ndef main(): return 1' });
    expect(body.suggestions?.join('\n')).toMatch(
      /does not have yaml \(package PyYAML\); its operator can add it/,
    );
  });

  it('that cannot be imported ahead make the service unready, and the log says which', async () => {
    const broken = await startService({ BRIG_PRELOAD: 'no_such_module' });
    try {
      expect(broken.service.health().status).toBe('unhealthy');
      expect((await broken.execute({ script: 'def main(): return 1' })).status).toBe(503);
    } finally {
      await broken.close();
    }
  });
});
