import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../src/paths.ts';

/** Settings of a service with the scientific environment, which imports numpy and pandas ahead; the folder goes with it. */
export interface Packages extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws Error where it cannot be built; the signal's reason where it aborts. */
export async function installPackages(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Packages> {
  const state = await mkdtemp(join(tmpdir(), 'brig-bench-'));
  const remove = (): Promise<void> => rm(state, { recursive: true, force: true });
  const cli = join(packageRoot, 'src', 'cli', 'main.ts');
  try {
    // Jails run under other ids, which have to enter it.
    await chmod(state, 0o755);
    await execa(process.execPath, [cli, 'env', 'build', 'default'], {
      env: { ...env, BRIG_STATE_DIR: state },
      cancelSignal: signal,
    });
  } catch (error) {
    await remove();
    throw signal.aborted ? signal.reason : error;
  }
  return { settings: { BRIG_STATE_DIR: state }, [Symbol.asyncDispose]: remove };
}
