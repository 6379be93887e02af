import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeKeyFile } from '../../src/keys/key-file.ts';
import { createRecord, type KeyWish } from '../../src/keys/create-record.ts';
import { writeWheel } from '../../test/support/wheels.ts';
import { hasPackages } from '../packages.ts';
import { serveCommand, startServiceProcess, type ServiceProcess } from '../service-process.ts';
import type { KeyUse } from './kind.ts';
import { toy } from './kinds/environments.ts';

export interface SoakService extends ServiceProcess {
  readonly keys: Readonly<Record<KeyUse | 'main', string>>;
  readonly stateDir: string;
}

const wishes: Readonly<Record<Exclude<KeyUse, 'wrong'> | 'main', Omit<KeyWish, 'name'>>> = {
  main: { scope: ['execute', 'environments'] },
  rated: { rate: '20/m' },
  narrow: { concurrency: 1, maxTimeout: 5, maxMemory: 512 },
};

/** On a machine that does other work too, a script that is slow to get a core is no fault. */
const PATIENT = { BRIG_DEFAULT_TIMEOUT: '60', BRIG_MAX_WAIT: '120' };

/**
 * A service with keys of its own, with the default environment, and with leave to build from one folder of wheels. Its state
 * lies in a folder that goes with it, unless the settings name one.
 * @throws Error where the default environment cannot be built.
 */
export async function startSoakService(env: NodeJS.ProcessEnv): Promise<SoakService> {
  const folder = await mkdtemp(join(tmpdir(), 'brig-soak-'));
  // Jails run under other ids, which have to enter it.
  await chmod(folder, 0o755);
  const stateDir = env['BRIG_STATE_DIR'] ?? join(folder, 'state');
  const wheels = join(folder, 'wheels');
  await mkdir(wheels);
  writeWheel(wheels, toy.module, toy.version, { [`${toy.module}/__init__.py`]: `VALUE = ${toy.value}\n` });
  const { keys, file } = await writeKeys(folder);
  const settings = {
    ...{ BRIG_KEYS_FILE: file, BRIG_BUILDS: 'wheels', BRIG_BUILD_NETWORK: 'off', BRIG_BUILD_DISK_MB: '64' },
    ...{ PIP_FIND_LINKS: wheels, PIP_NO_INDEX: '1', BRIG_INSTALLER: 'pip' },
  };
  const service = await startServiceProcess(
    { ...PATIENT, ...env, BRIG_STATE_DIR: stateDir },
    { folder, command: buildThenServe(settings, await hasPackages({ ...env, BRIG_STATE_DIR: stateDir })) },
  );
  return { ...service, keys, stateDir };
}

/** In one process to its starter: `env build` has the network, `serve` has not. A signal ends whichever of them runs. */
function buildThenServe(settings: Readonly<Record<string, string>>, isBuilt: boolean): readonly string[] {
  const [node = '', cli = ''] = serveCommand();
  const build = '"$1" "$2" env build default & trap "kill -TERM $!" TERM; wait $!';
  const script = `${isBuilt ? 'true' : build} && shift 2 && exec env "$@"`;
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return ['/bin/sh', '-c', script, 'sh', node, cli, ...assignments, ...serveCommand()];
}

async function writeKeys(folder: string): Promise<{ keys: SoakService['keys']; file: string }> {
  const now = new Date();
  const made = Object.entries(wishes).map(([name, wish]) => ({
    name,
    ...createRecord({ name, ...wish }, now),
  }));
  const file = join(folder, 'keys.json');
  await writeFile(file, writeKeyFile(made.map(({ record }) => record)), { mode: 0o600 });
  const wrong = createRecord({ name: 'wrong' }, now).key;
  const keys = Object.fromEntries([
    ...made.map(({ name, key }) => [name, key]),
    ['wrong', wrong],
  ]) as SoakService['keys'];
  return { keys, file };
}
