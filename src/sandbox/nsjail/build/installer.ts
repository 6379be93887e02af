import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../paths.ts';
import { JailFailure } from '../../sandbox.ts';
import type { Interpreter } from '../image/interpreter.ts';

/** Where the set-up puts the wheels of nsjail/installer.txt and nsjail/uv.txt. */
const fromSetup = (name: 'pip' | 'uv'): string => join(packageRoot, '.tools', name);

/**
 * pip as a wheel: the set-up's, else the one that CPython brings for `ensurepip`.
 * @throws JailFailure where there is none.
 */
export async function findPip({ stdlib }: Interpreter): Promise<string> {
  const folders = [fromSetup('pip'), join(stdlib, 'ensurepip', '_bundled'), '/usr/share/python-wheels'];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const wheel = (await readdir(folder)).find((name) => /^pip-[\d.]+-py3-none-any\.whl$/.test(name));
    if (wheel !== undefined) return join(folder, wheel);
  }
  throw new JailFailure('There is no pip to build environments with.', {
    remedy: 'Run ./scripts/setup, or install ensurepip for the interpreter (python3-venv).',
  });
}

/** uv, as the set-up brought it; undefined where it did not. */
export function findUv(): string | undefined {
  const file = join(fromSetup('uv'), 'bin', 'uv');
  return existsSync(file) ? file : undefined;
}

/** The program that installs, inside the jail. */
export async function readBuildProgram(installer: 'python' | 'npm'): Promise<string> {
  return `${await readPart('common')}\n${await readPart(installer)}\nmain(install)\n`;
}

const readPart = (name: string): Promise<string> =>
  readFile(join(packageRoot, 'harness', 'build', `${name}.py`), 'utf8');
