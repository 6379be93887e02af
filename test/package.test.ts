import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
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
