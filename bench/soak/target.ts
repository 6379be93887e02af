import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '../../src/config.ts';
import { runtimeNames, type ProgramRuntime, type RuntimeName } from '../../src/core/contract/runtimes.ts';
import { resolveStateDir } from '../../src/sandbox/nsjail/image/image-store.ts';
import { runtimeScripts } from '../../test/support/runtime-scripts.ts';
import type { FigureSource } from './figures.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import type { Need, Send } from './kind.ts';
import type { Options } from './options.ts';
import { startSoakService } from './soak-service.ts';

/** A service that is soaked. */
export interface Target extends AsyncDisposable {
  readonly url: string;
  readonly key: string | undefined;
  readonly client: HttpClient;
  readonly has: ReadonlySet<Need>;
  readonly source: FigureSource | undefined;
}

/** @throws Error where there is no service, or it cannot run a script. */
export async function openTarget(options: Options, env: NodeJS.ProcessEnv): Promise<Target> {
  if (options.baseUrl === undefined) return openOwn(env);
  const { baseUrl: url, key, pid } = options;
  const client = createHttpClient(url, key === undefined ? {} : { main: key });
  return {
    ...{ url, key, client },
    has: new Set(await findRuntimes(client)),
    source: pid === undefined ? undefined : { pid, stateDir: findStateDir(pid) },
    [Symbol.asyncDispose]: () => Promise.resolve(client[Symbol.dispose]()),
  };
}

async function openOwn(env: NodeJS.ProcessEnv): Promise<Target> {
  const service = await startSoakService(env);
  const { url, keys, pid, stateDir } = service;
  const client = createHttpClient(url, keys);
  try {
    const has = new Set<Need>(['keys', 'builds', ...(await findRuntimes(client))]);
    const end = async (): Promise<void> => {
      client[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    };
    return { url, key: keys.main, client, has, source: { pid, stateDir }, [Symbol.asyncDispose]: end };
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs a script of each runtime that the service has, and one with packages: the first one makes the runtime's image. */
async function findRuntimes({ send }: HttpClient): Promise<readonly Need[]> {
  const { body } = await send({ method: 'GET', path: '/runtimes' });
  const { runtimes = [] } = body as unknown as { runtimes?: { name: RuntimeName; available: boolean }[] };
  const available = runtimeNames.filter((name) => runtimes.some((one) => one.name === name && one.available));
  if (available.length === 0) throw new Error('The service offers no runtime.');
  for (const name of available) if (name !== 'python') await warmUp(send, name);
  const packages = await send({ body: { script: 'import numpy, pandas, matplotlib\ndef main(): return 1' } });
  return [...available, ...(packages.body.success ? (['packages'] as const) : [])];
}

/** Tries again as callers do who are told that a runtime is being made ready, which can take a minute. */
async function warmUp(send: Send, runtime: ProgramRuntime): Promise<void> {
  const body = { runtime, script: runtimeScripts[runtime].hello };
  while ((await send({ body })).status === 503) await sleep(1000);
}

/** As the settings of the running process have it. */
function findStateDir(pid: number): string {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((line) => /^(BRIG_[A-Z_]+)=(.*)$/s.exec(line))
    .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2]] as const]));
  return resolveStateDir(parseConfig(Object.fromEntries(variables)).stateDir);
}
