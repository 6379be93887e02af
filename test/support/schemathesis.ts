import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';

const folder = join(packageRoot, '.tools', 'schemathesis');
const requirements = join(packageRoot, 'test', 'schemathesis', 'requirements.txt');

/** Brings schemathesis into .tools, where it is not there yet, or not in the version that is asked for. */
export async function installSchemathesis(): Promise<void> {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const stamp = join(folder, '.brig-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];
  const source = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--requirement', requirements];
  const { failed, stderr } = await execa(
    'python3',
    ['-m', 'pip', 'install', ...options, ...source, '--target', folder],
    { reject: false },
  );
  if (failed) throw new Error(`schemathesis could not be installed from PyPI: ${stderr}`);
  writeFileSync(stamp, wanted);
}

export interface SchemathesisOptions {
  /** Cases for each operation and phase. */
  readonly maxExamples: number;
  readonly seed: number;
  /** Seconds. */
  readonly maxTime: number;
}

/** Lets schemathesis loose on the service at `url`, with every check it has. Its report, and whether it found nothing. */
export async function runSchemathesis(
  url: string,
  { maxExamples, seed, maxTime }: SchemathesisOptions,
): Promise<{ readonly ok: boolean; readonly report: string }> {
  const { failed, all } = await execa(
    'python3',
    [
      '-m',
      'schemathesis.cli',
      `--config-file=${join(packageRoot, 'test', 'schemathesis', 'schemathesis.toml')}`,
      'run',
      `${url}/openapi.json`,
      '--phases=examples,coverage,fuzzing,stateful',
      `--max-examples=${maxExamples}`,
      `--seed=${seed}`,
      `--max-time=${maxTime}`,
      '--no-color',
      '--continue-on-failure',
      '--generation-database=none',
    ],
    {
      // It leaves what it learned where it runs.
      cwd: folder,
      env: {
        PYTHONPATH: `${folder}:${join(packageRoot, 'test', 'schemathesis')}`,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'hooks',
      },
      all: true,
      reject: false,
      timeout: (maxTime + 60) * 1000,
    },
  );
  return { ok: !failed, report: all };
}
