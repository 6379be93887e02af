import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Refusal, type Brig, type Environment } from '../../../src/index.ts';
import { jailPrefix, sitePackagesInJail } from '../../../src/sandbox/nsjail/image/layout.ts';
import { findInterpreter } from './interpreter.ts';
import { openPythonPrograms, readPrograms } from './programs.ts';
import type { Part } from './side.ts';

/**
 * Programs that use packages of PyPI: outside in a virtual environment, inside in an environment that Brig built, both
 * with the same versions.
 */
export async function openPackages(brig: Brig, stateDir: string): Promise<Part> {
  const interpreter = await findInterpreter();
  const programs = await readPrograms('packages');
  const wanted = [...new Set([...programs.values()].flatMap(({ packages }) => packages))].toSorted();
  const order = createHash('sha256')
    .update([interpreter.version, ...wanted].join('\n'))
    .digest('hex');
  const name = `truth-${order.slice(0, 12)}`;
  const environment = await bringEnvironment(brig, name, wanted);
  const versions = environment.packages.map((one) => `${one.name}==${one.version}`).toSorted();
  const venv = join(stateDir, name);
  await bringVirtualEnvironment(venv, interpreter.executable, versions);
  const site = join(
    venv,
    'lib',
    `python${interpreter.version.split('.').slice(0, 2).join('.')}`,
    'site-packages',
  );
  const part = await openPythonPrograms(brig, {
    ...{ programs, python: join(venv, 'bin/python3'), environment: name },
    places: { [site]: sitePackagesInJail(interpreter), [venv]: jailPrefix(interpreter) },
  });
  return { name: 'packages', versions: [`CPython ${interpreter.version}`, ...versions], ...part };
}

async function bringEnvironment(brig: Brig, name: string, packages: readonly string[]): Promise<Environment> {
  const kept = await brig.environments.get(name).catch((error: unknown) => {
    if (error instanceof Refusal && error.category === 'not_found') return undefined;
    throw error;
  });
  return kept?.state === 'ready' ? kept : brig.environments.build({ name, packages: [...packages] });
}

/** Another name until it is whole. */
async function bringVirtualEnvironment(
  folder: string,
  python: string,
  versions: readonly string[],
): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await execa(python, ['-m', 'venv', draft]);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await execa(join(draft, 'bin/python3'), ['-m', 'pip', 'install', ...quiet, '--no-deps', ...versions]);
  await rename(draft, folder);
}
