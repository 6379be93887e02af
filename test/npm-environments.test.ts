import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuildRequestInput } from '../src/core/contract/environment.ts';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import type { Build } from '../src/environments/environments.ts';
import { resolveStateDir } from '../src/sandbox/nsjail/image/image-store.ts';
import { startNpmRegistry, type NpmRegistry } from './support/npm-registry.ts';
import { startFileServer, type FileServer } from './support/package-index.ts';
import { startService, type TestService } from './support/service.ts';

const TOKEN = 'npm_s3cr3t-t0ken-of-ada';
const runtimes = ['node', 'deno', 'bun'] as const;

const lock = (integrity: string): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { '@brig-test/toy': '^2.0.0' } },
      'node_modules/@brig-test/toy': {
        version: '2.1.0',
        resolved: 'https://elsewhere.invalid/@brig-test/toy/-/toy-2.1.0.tgz',
        integrity,
      },
    },
  });

/** Small packages of the public registry, and of one of our own below the scope `@brig-test`, which wants a token. */
describe('environments of npm packages', { timeout: 240_000 }, () => {
  let root: string;
  let registry: NpmRegistry;
  /** Whom no build has any business with. */
  let stranger: FileServer;
  let service: TestService;
  let settings: Record<string, string>;
  const before = { ...process.env };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'npm-environments-'));
    await chmod(root, 0o755);
    // Environments of its own, and the root images that all tests share.
    await symlink(join(resolveStateDir(process.env['BRIG_STATE_DIR']), 'images'), join(root, 'images'));
    stranger = await startFileServer(() => undefined);
    const away = `${stranger.url}/y/-/y-1.0.0.tgz`;
    registry = await startNpmRegistry(TOKEN, [
      {
        name: '@brig-test/shrinks',
        manifest: { _hasShrinkwrap: true, dependencies: { '@brig-test/toy': '*' } },
        files: {
          'index.js': '',
          'npm-shrinkwrap.json': JSON.stringify({
            ...{ name: '@brig-test/shrinks', version: '1.0.0', lockfileVersion: 3 },
            packages: {
              '': { name: '@brig-test/shrinks', dependencies: { '@brig-test/toy': '*' } },
              'node_modules/@brig-test/toy': { version: '2.1.0', resolved: away },
            },
          }),
        },
      },
      {
        name: '@brig-test/bundles',
        manifest: { bundleDependencies: ['y'], dependencies: { y: away } },
        files: { 'index.js': '' },
      },
      {
        name: '@brig-test/installs',
        manifest: { scripts: { preinstall: 'echo ran > ran.txt', postinstall: 'echo ran > ran.txt' } },
        files: { 'index.js': "exports.ran = require('node:fs').existsSync(__dirname + '/ran.txt');\n" },
      },
      { name: '@brig-test/throws', files: { 'index.js': "throw new Error('no such luck')\n" } },
      { name: '@brig-test/strays', manifest: { dependencies: { x: 'http://192.0.2.1/x.tgz' } }, files: {} },
      { name: '@brig-test/stuck', files: { 'index.js': '' } },
      { name: '@brig-test/toy', version: '2.1.0', files: { 'index.js': 'exports.VALUE = 7;\n' } },
    ]);
    const { host } = new URL(registry.url);
    await writeFile(
      join(root, 'npmrc'),
      `@brig-test:registry=${registry.url}\n//${host}/:_authToken=\${REGISTRY_TOKEN}\nignore-scripts=false\n`,
    );
    process.env['NPM_CONFIG_USERCONFIG'] = join(root, 'npmrc');
    process.env['REGISTRY_TOKEN'] = TOKEN;
    settings = { BRIG_STATE_DIR: root, BRIG_BUILDS: 'wheels', BRIG_BUILD_DISK_MB: '64' };
    service = await startService(settings);
  });

  afterAll(async () => {
    await service.close();
    await registry[Symbol.asyncDispose]();
    await stranger[Symbol.asyncDispose]();
    process.env = before;
    await rm(root, { recursive: true });
  });

  beforeEach(() => expect(service.incidents).toEqual([]));

  const order = (request: BuildRequestInput, { environments } = service.service): Build =>
    environments.build(readBuildRequest(request, { isOperator: true, builds: 'off' }));
  const build = (request: BuildRequestInput): Promise<void> => order(request).done;
  const failure = async (request: BuildRequestInput): Promise<unknown> =>
    build(request).then(
      () => 'it was built',
      (error: unknown) => error,
    );
  const said = (name: string): string =>
    service.service.environments.latestBuild(name)?.report().progress.join('\n') ?? '';
  const drafts = async (): Promise<string[]> =>
    (await readdir(join(root, 'environments'))).filter((name) => name.startsWith('draft'));
  const print = async (fields: object): Promise<string> => {
    const { body } = await service.execute(fields);
    expect(body.stderr).toBe('');
    return body.stdout;
  };
  const toy = { name: 'toy', runtime: 'node' as const, packages: ['@brig-test/toy@2'] };

  it('are built for one runtime, and used by all three as ESM, CommonJS and TypeScript', async () => {
    await build({ name: 'web', runtime: 'node', packages: ['is-odd@3', 'nanoid@^5', 'lodash'] });
    const environment = await service.service.environments.get('web');
    expect(environment).toMatchObject({ state: 'ready', runtime: 'node', broken: [] });
    expect(environment.packages.map(({ name, imports }) => [name, ...imports])).toEqual([
      ['is-number', 'is-number'],
      ['is-odd', 'is-odd'],
      ['lodash', 'lodash'],
      ['nanoid', 'nanoid'],
    ]);
    for (const runtime of runtimes) {
      const fields = { runtime, environment: 'web' };
      const esm = `import odd from 'is-odd';\nimport { nanoid } from 'nanoid';\nimport fp from 'lodash/fp.js';\nconsole.log(odd(3), nanoid().length, typeof fp.map);`;
      const typed = `import odd from 'is-odd';\nconst n: number = 4;\nconst answer: boolean = odd(n);\nconsole.log(answer);`;
      const commonJs = `const odd = require('is-odd');\nconsole.log(odd(5), require('lodash').add(1, 2));`;
      expect(await print({ ...fields, script: esm }), runtime).toBe('true 21 function\n');
      expect(await print({ ...fields, script: typed }), runtime).toBe('false\n');
      expect(await print({ ...fields, script: commonJs }), runtime).toBe('true 3\n');
    }
  });

  it.each(['deno', 'bun'] as const)('are built and tried for %s, and name its version', async (runtime) => {
    await build({ ...toy, name: runtime, runtime });
    const { runtimes: all } = await service.service.runtimes();
    const { version, environments } = all.find(({ name }) => name === runtime) ?? {};
    expect(await service.service.environments.get(runtime)).toMatchObject({
      ...{ state: 'ready', runtime, runtime_version: version },
      packages: [{ name: '@brig-test/toy', version: '2.1.0', imports: ['@brig-test/toy'] }],
    });
    expect(environments).toContain(runtime);
    expect(all.find(({ name }) => name === 'python')?.environments).not.toContain(runtime);
  });

  it('are content-addressed, and what had the name stays where a build fails', async () => {
    await build(toy);
    const { id } = await service.service.environments.get('toy');
    await build({
      name: 'same',
      runtime: 'node',
      requirements: '{"dependencies": {"@brig-test/toy": ">=1"}}',
    });
    expect((await service.service.environments.get('same')).id).toBe(id);
    const missing = { ...toy, packages: ['no-such-package-of-brig-anywhere'] };
    expect(await failure(missing)).toMatchObject({ reason: 'install_failed' });
    expect(said('toy')).toContain('404');
    expect(await failure({ ...toy, packages: ['@brig-test/toy@99'] })).toMatchObject({
      reason: 'install_failed',
    });
    expect(said('toy')).toContain('No matching version found for @brig-test/toy@99');
    const script = "console.log(require('@brig-test/toy').VALUE)";
    expect(await print({ script, runtime: 'node', environment: 'toy' })).toBe('7\n');
    expect(await drafts()).toEqual([]);
  });

  it('run no install script, whatever the configuration of npm says', async () => {
    await build({ name: 'quiet', runtime: 'node', packages: ['@brig-test/installs'] });
    const script = "console.log(require('@brig-test/installs').ran)";
    expect(await print({ script, runtime: 'node', environment: 'quiet' })).toBe('false\n');
  });

  it('take no package from elsewhere than a registry, those that packages want included', async () => {
    expect(await failure({ name: 'stray', runtime: 'node', packages: ['@brig-test/strays'] })).toMatchObject({
      reason: 'install_failed',
    });
    expect(said('stray')).toMatch(/EALLOWREMOTE/);
  });

  it.each(['shrinks', 'bundles'])('go nowhere that a package says: %s', async (name) => {
    await failure({ name, runtime: 'node', packages: [`@brig-test/${name}`] });
    expect(stranger.requests).toEqual([]);
  });

  it.each(['https', 'git+http', 'npm:y@http'])('go nowhere that a lock says: %s', async (scheme) => {
    const place = stranger.url.replace('http', scheme);
    const locks = [{ dependencies: { y: `${place}/y.tgz` } }, { resolved: `${place}/y.tgz` }];
    for (const fields of locks) {
      const text = JSON.parse(lock(registry.integrityOf('@brig-test/toy'))) as { packages: object };
      const toyEntry = { version: '2.1.0', integrity: registry.integrityOf('@brig-test/toy'), ...fields };
      const packages = { ...text.packages, 'node_modules/@brig-test/toy': toyEntry };
      const request = {
        name: 'astray',
        runtime: 'node' as const,
        lock: JSON.stringify({ ...text, packages }),
      };
      expect(() => order(request)).toThrow(/not (?:resolved from|of) (?:a|the) registry/);
    }
    expect(stranger.requests).toEqual([]);
  });

  it('are not made of a package that cannot be imported', async () => {
    expect(await failure({ name: 'broken', runtime: 'bun', packages: ['@brig-test/throws'] })).toMatchObject({
      reason: 'import_failed',
      message: expect.stringContaining('no such luck') as string,
    });
    const requirements = '{"dependencies": {"@brig-test/throws": "*", "@brig-test/toy": "*"}}';
    await build({ name: 'half', runtime: 'node', requirements });
    expect((await service.service.environments.get('half')).broken).toMatchObject([
      { module: '@brig-test/throws' },
    ]);
  });

  it('are built from a lock, whose hashes must be right', async () => {
    await build({ name: 'locked', runtime: 'node', lock: lock(registry.integrityOf('@brig-test/toy')) });
    const wrong = lock(registry.integrityOf('@brig-test/throws'));
    expect(await failure({ name: 'forged', runtime: 'node', lock: wrong })).toMatchObject({
      reason: 'install_failed',
    });
    expect(said('forged')).toContain('EINTEGRITY');
  });

  it('never keep or show the tokens of a registry', async () => {
    const setup_script = `echo ${TOKEN}; node -p 'require("fs").readFileSync(process.env.HOME + "/.npmrc", "utf8")'; npm install @brig-test/toy`;
    await build({ name: 'secret', runtime: 'node', setup_script });
    const shown = said('secret');
    expect(shown).toContain('_authToken="****"');
    expect(shown).not.toContain('s3cr3t');
    const files = await readdir(join(root, 'environments'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain('s3cr3t');
    }
    process.env['REGISTRY_TOKEN'] = 'wr0ng-s3cr3t';
    await failure({ name: 'refused', runtime: 'node', packages: ['@brig-test/installs'] });
    process.env['REGISTRY_TOKEN'] = TOKEN;
    expect(said('refused')).toContain('401');
    expect(said('refused')).not.toContain('wr0ng');
  });

  it('end with a disk that is full, and take no files that lead outside', async () => {
    const full = 'node -e \'require("fs").writeFileSync(process.env.TARGET + "/big", Buffer.alloc(1e8))\'';
    expect(await failure({ name: 'full', runtime: 'node', setup_script: full })).toMatchObject({
      reason: 'disk_limit',
    });
    const outside = 'node -e \'fs.mkdirSync("node_modules"); fs.symlinkSync("/etc", "node_modules/x")\'';
    expect(await failure({ name: 'outside', runtime: 'node', setup_script: outside })).toMatchObject({
      reason: 'invalid_files',
    });
    expect(await drafts()).toEqual([]);
  });

  it('leave nothing of a build that a shutdown ends', async () => {
    const other = await startService(settings);
    const stuck = { ...toy, packages: ['@brig-test/stuck'] };
    const started = order(stuck, other.service);
    const ended = started.done.catch((error: unknown) => error);
    await expect
      .poll(() => registry.requests.some((path) => path.startsWith('@brig-test/stuck/-/')), {
        timeout: 60_000,
      })
      .toBe(true);
    await other.close();
    expect(await ended).toMatchObject({ reason: 'cancelled' });
    expect(await drafts()).toEqual([]);
    expect((await service.service.environments.get('toy')).packages).toMatchObject([{ version: '2.1.0' }]);
  });

  it('are built once where two ask for the same, and one after the other where they differ', async () => {
    const pair = { ...toy, name: 'pair' };
    const [one, same] = [order(pair), order(pair)];
    expect(one).toBe(same);
    const other = order({ ...pair, packages: ['@brig-test/installs'] });
    await Promise.all([one, other].map(({ done }) => done));
    expect((await service.service.environments.get('pair')).packages).toMatchObject([
      { name: '@brig-test/installs' },
    ]);
  });

  it('are named where a script lacks a package, and refused to scripts that cannot use them', async () => {
    const script = "import { VALUE } from '@brig-test/toy';\nconsole.log(VALUE);";
    for (const runtime of runtimes) {
      const { body } = await service.execute({ script, runtime });
      expect(body.error, runtime).toBe('runtime_error');
      expect(body.suggestions?.[0]).toMatch(/^The environment "\w+" has @brig-test\/toy 2\.1\.0: send/);
    }
    const python = await service.execute({ script: 'def main(): 1', environment: 'toy' });
    expect([python.status, python.body.error]).toEqual([400, 'invalid_input']);
    expect(python.body.message).toContain('holds packages for node');
    const node = await service.execute({ script: '1', runtime: 'node', environment: 'default' });
    expect(node.body.suggestions?.[0]).toMatch(/^Environments for node here: plain, .*toy/);
    const go = await service.execute({ script: 'package main', runtime: 'go', environment: 'toy' });
    expect(go.body.message).toContain('runtime "go" has none');
  });

  it.each([
    ['@brig-test/toy/part', { available: true, source: 'package', version: '2.1.0' }],
    ['node:fs', { available: true, source: 'standard_library', package: null }],
    ['express', { available: false, source: null }],
  ])('answer whether %s can be imported', async (module, answer) => {
    const response = await fetch(`${service.url}/environments/toy?import=${encodeURIComponent(module)}`);
    expect(await response.json()).toMatchObject({ name: 'toy', import: { module, ...answer } });
  });

  it.each([
    { packages: ['git+https://github.com/lodash/lodash.git'] },
    { packages: ['x@file:../x'] },
    { requirements: '{"devDependencies": {"lodash": "4"}}' },
    { packages: ['lodash'], allow_source: true },
    { packages: ['lodash'], name: 'default' },
  ])('are not built of %j', async (fields) => {
    const response = await fetch(`${service.url}/environments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'no', runtime: 'node', ...fields }),
    });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      400,
      'invalid_input',
    ]);
  });
});
