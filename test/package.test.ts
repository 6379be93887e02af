import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';

it('is packed from its sources, whatever dist held before', { timeout: 120_000 }, async () => {
  // A copy: other tests use the dist of this checkout.
  const copy = await mkdtemp(join(tmpdir(), 'brig-package-'));
  try {
    for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'playground'])
      await cp(join(packageRoot, name), join(copy, name), { recursive: true });
    await symlink(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
    await mkdir(join(copy, 'dist'));
    await writeFile(join(copy, 'dist', 'removed.js'), '');
    const { stdout } = await execa('npm', ['pack', '--silent', '--dry-run', '--json'], { cwd: copy });
    const [packed] = JSON.parse(stdout) as { files: { path: string; mode: number }[] }[];
    const paths = packed?.files.map(({ path }) => path) ?? [];
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/cli/brig.js',
        'dist/cli/main.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/playground/index.html',
      ]),
    );
    expect(paths).not.toContain('dist/removed.js');
    expect(paths.filter((path) => /\.test(?:-support)?\./.test(path))).toEqual([]);
  } finally {
    await rm(copy, { recursive: true });
  }
});

describe('an installed package', { timeout: 240_000 }, () => {
  let app: string;
  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'brig-installed-'));
    await writeFile(join(app, 'package.json'), '{"private": true}');
    // Without its scripts, which build dist: it is built already, and other tests use it.
    const packed = await execa('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', app], {
      cwd: packageRoot,
    });
    const archive = join(app, packed.stdout.trim());
    await execa(
      'npm',
      ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', archive],
      {
        cwd: app,
      },
    );
  }, 240_000);
  afterAll(() => rm(app, { recursive: true }));

  const brig = (args: readonly string[], env: Record<string, string> = {}) =>
    execa(join(app, 'node_modules', '.bin', 'brig'), args, { cwd: app, env, reject: false });

  it('says what it lacks, sets itself up, and runs a script', async () => {
    await writeFile(join(app, 'script.py'), 'def main():\n    return 6 * 7\n');
    const before = await brig(['run', 'script.py']);
    expect(before.stderr).toContain('Run `npx brig setup`, put nsjail on PATH, or name it in BRIG_NSJAIL.');
    const setup = await brig(['setup']);
    expect([setup.exitCode, setup.stderr]).toEqual([0, '']);
    expect(setup.stdout.split('\n')).toHaveLength(3);
    expect((await brig(['setup'])).stdout).toBe('');
    const run = await brig(['run', 'script.py']);
    expect([run.stdout, run.exitCode]).toEqual(['42', 0]);
  });

  it('brings no runtime that nobody asked for', async () => {
    const modules = join(app, 'node_modules');
    expect([existsSync(join(modules, '@deno')), existsSync(join(modules, '@oven'))]).toEqual([false, false]);
  });

  it('tells an old Node in one sentence that it is too old', async () => {
    const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;
    const { stderr, stdout, exitCode } = await brig(['--version'], { NODE_OPTIONS: `--import=${old}` });
    expect([exitCode, stdout]).toEqual([78, '']);
    expect(stderr).toMatch(/^Brig needs Node 24 or later; this is v[^\n]*$/);
  });

  it('has every page that its README leads to', async () => {
    const folder = join(app, 'node_modules', 'brig');
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });
});
