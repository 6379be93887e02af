import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_ENVIRONMENT, type BuildRequest } from '../core/contract/environment.ts';
import { packageRoot } from '../paths.ts';

/** Modules that most scripts of the scientific environment import first. */
const PRELOAD = ['numpy', 'pandas'];

/**
 * Returns the request for the scientific environment: numpy, pandas, matplotlib, scipy and scikit-learn, from the
 * lock file that comes with Brig.
 */
export async function defaultBuild(): Promise<BuildRequest> {
  const lock = await readFile(join(packageRoot, 'environments', 'default.lock'), 'utf8');
  return {
    name: DEFAULT_ENVIRONMENT,
    runtime: 'python',
    lock,
    allow_source: false,
    shared: true,
    preload: PRELOAD,
  };
}
