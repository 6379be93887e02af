import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseConfig } from '../src/config.ts';

const PACKAGE = 'numpy==2.4.6';

/** Settings of a service whose scripts can import numpy, and which imports it ahead; the folders go with it. */
export interface Packages extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws Error where pip cannot install it; the signal's reason where it aborts. */
export async function installNumpy(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Packages> {
  const folder = await mkdtemp(join(tmpdir(), 'brig-bench-'));
  // Not below it: jails run under other ids, which may not enter what mkdtemp makes.
  const state = `${folder}-state`;
  const remove = async (): Promise<void> => {
    for (const one of [folder, state]) await rm(one, { recursive: true, force: true });
  };
  const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-deps'];
  const pip = ['-m', 'pip', 'install', ...options, '--target', folder, PACKAGE];
  try {
    await execa(parseConfig(env).python, pip, { cancelSignal: signal });
  } catch (error) {
    await remove();
    throw signal.aborted ? signal.reason : error;
  }
  return {
    settings: { BRIG_PACKAGES: folder, BRIG_PRELOAD: 'numpy', BRIG_STATE_DIR: state },
    [Symbol.asyncDispose]: remove,
  };
}
