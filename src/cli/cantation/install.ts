import { createHash } from 'node:crypto';
import { styleText } from 'node:util';
import type { BuildRequest } from '../../core/contract/environment.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { readBuildRequest } from '../../core/validation/read-build-request.ts';
import type { Environments } from '../../environments/environments.ts';
import { readInput } from '../read-input.ts';
import { misuse } from './usage.ts';

/** Packages to install: names, or the text of requirements files with the names that came besides. */
export type Installation = Pick<BuildRequest, 'packages'> | Pick<BuildRequest, 'requirements'>;

/** Names that are files of requirements; no package ends so. */
const isFile = (name: string): boolean => name.endsWith('.txt') || name.includes('/');

/**
 * Reads the values of `--install`; undefined when there are none.
 * @throws CommanderError when a file cannot be read, or a name cannot be a package.
 */
export async function readInstallation(values: readonly string[]): Promise<Installation | undefined> {
  const packages = [...new Set(values)].toSorted();
  if (packages.length === 0) return undefined;
  if (!packages.some(isFile)) return checked({ packages });
  const texts = await Promise.all(packages.map(async (value) => (isFile(value) ? readFile(value) : value)));
  return checked({ requirements: texts.join('\n') });
}

function checked(installation: Installation): Installation {
  toRequest('cantation', installation);
  return installation;
}

async function readFile(file: string): Promise<string> {
  try {
    return await readInput(file);
  } catch (error) {
    throw error instanceof Refusal ? misuse(`--install: ${error.message}`) : error;
  }
}

/** Returns the build of an installation. @throws CommanderError when a name cannot be a package. */
function toRequest(name: string, installation: Installation): BuildRequest {
  try {
    return readBuildRequest({ name, ...installation }, { isOperator: true, builds: 'all' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw misuse(`--install: ${error.message.replace(/^packages\[\d+\]: /, '')}`);
  }
}

/**
 * Returns the name of an environment with these packages, and builds it if needed; the installer's output goes to
 * standard error.
 * @throws BuildFailure when they cannot be installed.
 */
export async function installPackages(
  environments: Environments,
  installation: Installation,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(installation)).digest('hex');
  const name = `cantation-${digest.slice(0, 16)}`;
  const request = toRequest(name, installation);
  if (environments.isCurrent(request)) return name;
  const build = environments.build(request);
  build.subscribe((event) => {
    if (event.type === 'progress')
      process.stderr.write(`${styleText('dim', event.line, { stream: process.stderr })}\n`);
  });
  await build.done;
  return name;
}
