import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot, setUpCommand } from '../../../paths.ts';
import { JailFailure } from '../../sandbox.ts';
import type { Interpreter } from '../../../host/interpreter.ts';

/** Returns the folder of the wheels of nsjail/installer.txt or nsjail/uv.txt after set-up. */
const fromSetup = (name: 'pip' | 'uv'): string => join(packageRoot, '.tools', name);

/**
 * Finds pip as a wheel: from the set-up, else the one that CPython bundles for `ensurepip`.
 * @throws JailFailure when there is none.
 */
export async function findPip({ stdlib }: Interpreter): Promise<string> {
  const folders = [fromSetup('pip'), join(stdlib, 'ensurepip', '_bundled'), '/usr/share/python-wheels'];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const wheel = (await readdir(folder)).find((name) => /^pip-[\d.]+-py3-none-any\.whl$/.test(name));
    if (wheel !== undefined) return join(folder, wheel);
  }
  throw new JailFailure('There is no pip to build environments with.', {
    remedy: `Run ${setUpCommand}, or install ensurepip for the interpreter (python3-venv).`,
  });
}

/** Finds the uv that the set-up installed; undefined when it did not. */
export function findUv(): string | undefined {
  const file = join(fromSetup('uv'), 'bin', 'uv');
  return existsSync(file) ? file : undefined;
}

/** Reads the program that installs packages inside the jail. */
export async function readBuildProgram(installer: 'python' | 'npm'): Promise<string> {
  return `${await readPart('common')}\n${await readPart(installer)}\nmain(install)\n`;
}

const readPart = (name: string): Promise<string> =>
  readFile(join(packageRoot, 'harness', 'build', `${name}.py`), 'utf8');
