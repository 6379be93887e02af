import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../paths.ts';
import { JailFailure } from '../../sandbox.ts';
import type { Interpreter } from '../image/interpreter.ts';

/** Where the set-up puts the wheel of nsjail/installer.txt. */
const fromSetup = join(packageRoot, '.tools', 'pip');

/**
 * pip as a wheel: the set-up's, else the one that CPython brings for `ensurepip`.
 * @throws JailFailure where there is none.
 */
export async function findInstaller({ stdlib }: Interpreter): Promise<string> {
  const folders = [fromSetup, join(stdlib, 'ensurepip', '_bundled'), '/usr/share/python-wheels'];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const wheel = (await readdir(folder)).find((name) => /^pip-[\d.]+-py3-none-any\.whl$/.test(name));
    if (wheel !== undefined) return join(folder, wheel);
  }
  throw new JailFailure('There is no pip to build environments with.', {
    remedy: 'Run ./scripts/setup, or install ensurepip for the interpreter (python3-venv).',
  });
}

/** The program that installs, inside the jail. */
export const readBuildProgram = (): Promise<string> =>
  readFile(join(packageRoot, 'harness', 'build.py'), 'utf8');
