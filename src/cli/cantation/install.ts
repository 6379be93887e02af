import { createHash } from 'node:crypto';
import { styleText } from 'node:util';
import { readBuildRequest } from '../../core/validation/read-build-request.ts';
import type { Environments } from '../../environments/environments.ts';

/**
 * Returns the name of an environment with these packages, and builds it if needed; the installer's output goes to
 * standard error.
 * @throws Refusal when the packages make no valid request; BuildFailure when they cannot be installed.
 */
export async function installPackages(
  environments: Environments,
  packages: readonly string[],
): Promise<string> {
  const wanted = [...new Set(packages)].toSorted();
  const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
  const name = `cantation-${digest.slice(0, 16)}`;
  const request = readBuildRequest({ name, packages: wanted }, { isOperator: true, builds: 'all' });
  if (environments.isCurrent(request)) return name;
  const build = environments.build(request);
  build.subscribe((event) => {
    if (event.type === 'progress')
      process.stderr.write(`${styleText('dim', event.line, { stream: process.stderr })}\n`);
  });
  await build.done;
  return name;
}
