import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRequestInput } from '../../src/core/contract/environment.ts';
import { readBuildRequest } from '../../src/core/validation/read-build-request.ts';
import { packageRoot } from '../../src/paths.ts';
import { startService, type TestService } from './service.ts';

/** Minutes, where a machine installs the packages for the first time. */
export const INSTALL_MS = 600_000;

/** An environment of the same packages whose waiting jails have imported pyplot. */
export const PRELOADED = 'preloaded';

/** Those of matplotlib and of joblib. */
const packages = new Set([
  ...['cloudpickle', 'contourpy', 'cycler', 'fonttools', 'joblib', 'kiwisolver', 'matplotlib', 'numpy'],
  ...['packaging', 'pillow', 'pyparsing', 'python-dateutil', 'tzdata'],
]);

/** Folder that keeps the packages between runs, apart from that of the other tests, whose scripts have none. */
export const stateWithMatplotlib = `${process.env['BRIG_STATE_DIR'] ?? ''}-matplotlib`;

/** A service whose default environment is the part of the scientific one that matplotlib is. */
export async function startServiceWithMatplotlib(
  overrides: Record<string, string> = {},
): Promise<TestService> {
  await mkdir(stateWithMatplotlib, { recursive: true, mode: 0o755 });
  const service = await startService({ BRIG_STATE_DIR: stateWithMatplotlib, ...overrides });
  const { environments } = service.service;
  const lock = readMatplotlibLock();
  const orders: BuildRequestInput[] = [
    { name: 'default', lock },
    { name: PRELOADED, lock, preload: ['matplotlib.pyplot'] },
  ];
  for (const order of orders) {
    const request = readBuildRequest(order, { isOperator: true, builds: 'all' });
    if (!environments.isCurrent(request)) await environments.build(request).done;
  }
  return service;
}

/** The entries of the default lock for these packages, each with its hashes. */
export function readMatplotlibLock(): string {
  const lock = readFileSync(join(packageRoot, 'environments/default.lock'), 'utf8');
  const entries = lock.split(/^(?=[a-z])/m);
  return entries.filter((entry) => packages.has(entry.split('==')[0] ?? '')).join('');
}
