import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseConfig } from '../src/config.ts';
import { DEFAULT_ENVIRONMENT } from '../src/core/contract/environment.ts';
import { openStore } from '../src/environments/store.ts';
import { packageRoot } from '../src/paths.ts';
import { resolveStateDir } from '../src/sandbox/nsjail/image/image-store.ts';

/** Settings of a service with the scientific environment, which imports numpy and pandas ahead; a folder that was made for it goes with it. */
export interface Packages extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws Error where it cannot be built; the signal's reason where it aborts. */
export async function installPackages(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Packages> {
  if (await hasPackages(env)) return { settings: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
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

/** Whether the default environment of the settings imports what is wanted ahead: to build another takes a minute. */
export async function hasPackages(env: NodeJS.ProcessEnv): Promise<boolean> {
  const store = openStore(resolveStateDir(parseConfig(env).stateDir));
  return (await store.readAll()).some(
    ({ name, pointer }) => name === DEFAULT_ENVIRONMENT && pointer.preload.includes('pandas'),
  );
}
