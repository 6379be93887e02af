import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';

/*
 * The own tests of systems whose contracts Brig speaks, as their authors publish them in the sources of their packages.
 * What they import of the systems themselves is in test/seeds/stand-ins: the same names, which ask Brig.
 */

const folder = join(packageRoot, 'test', 'seeds');
const standIns = join(folder, 'stand-ins');

/** Unpacked sources of both packages, and an interpreter with what their tests import. */
export interface Seeds extends AsyncDisposable {
  readonly cantation: string;
  readonly quartermaster: string;
  readonly python: string;
}

/** Brings the sources from PyPI, by their hashes. */
export async function bringSeeds(): Promise<Seeds> {
  const place = await mkdtemp(join(tmpdir(), 'brig-seeds-'));
  const run = async (file: string, ...args: string[]): Promise<void> => {
    const { failed, stderr } = await execa(file, args, { reject: false, cwd: place });
    if (failed) throw new Error(`The tests of other systems could not be brought from PyPI: ${stderr}`);
  };
  const uv = join(packageRoot, '.tools', 'uv', 'bin', 'uv');
  await run(uv, 'venv', '--quiet', '--python', 'python3', 'venv');
  const python = join(place, 'venv', 'bin', 'python');
  const checked = ['--require-hashes', '--requirement', join(folder, 'requirements.txt')];
  await Promise.all([
    run(uv, 'pip', 'install', '--quiet', '--python', python, 'pytest==9.2.0', 'httpx==0.28.1'),
    run('python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', ...checked),
  ]);
  for (const name of ['code_cantation-0.1.2', 'quartermaster_code_runner-0.9.1'])
    await run('tar', 'xzf', `${name}.tar.gz`);
  return {
    cantation: join(place, 'code_cantation-0.1.2', 'test', 'test.py'),
    quartermaster: join(place, 'quartermaster_code_runner-0.9.1', 'tests', 'integration', 'test_app.py'),
    python,
    [Symbol.asyncDispose]: () => rm(place, { recursive: true }),
  };
}

/** Runs a file of tests; returns the name of each and what became of it. */
export async function runSeed(
  { python }: Seeds,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  if (!existsSync(file)) throw new Error(`${file} is not in the sources of its package any more.`);
  const options = [
    '-p',
    'no:cacheprovider',
    '--rootdir',
    standIns,
    '-c',
    '/dev/null',
    '-rA',
    '--tb=short',
    '-q',
  ];
  const { stdout } = await execa(python, ['-m', 'pytest', ...options, file], {
    env: { ...env, PYTHONPATH: standIns, PYTHONDONTWRITEBYTECODE: '1' },
    reject: false,
  });
  const seen = [...stdout.matchAll(/^(PASSED|FAILED|ERROR|SKIPPED)\s+[^\s:]*::([\w:]+)/gm)];
  return new Map(seen.map(([, outcome = '', name = '']) => [name, outcome]));
}
