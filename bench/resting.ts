import { trivialRequest } from './cases.ts';
import type { Context } from './context.ts';
import { createExecuteClient } from './execute-client.ts';
import { toSettings } from './measure-cases.ts';
import { readRestingMemory, type RestingMemory } from './memory.ts';
import { pause, rest } from './pause.ts';
import { startServiceProcess, type ServiceProcess } from './service-process.ts';

const CLIENTS = 8;
/** More than any pool takes: it then keeps as many as it may. */
const FULL_POOL = { BRIG_MIN_WARM_JAILS: '100000' };
/** Jails that hold packages imported ahead are there only where a default environment is: they are measured apart. */
const NOTHING_IMPORTED = { BRIG_BYPASS_PRELOAD: 'true' };

export interface Resting {
  /** Jails that wait, in both. */
  readonly warmJails: number;
  readonly executions: number;
  readonly atStart: RestingMemory;
  readonly afterwards: RestingMemory;
  /** With those that hold packages imported ahead as well; undefined where this host has no default environment. */
  readonly preloaded: { readonly warmJails: number; readonly atStart: RestingMemory } | undefined;
}

/** A service by default, but for a pool that is always full, of jails that have imported nothing. */
export const startWithFullPool = (env: NodeJS.ProcessEnv): Promise<ServiceProcess> =>
  startServiceProcess({ ...toSettings(env, 'warm'), ...FULL_POOL, ...NOTHING_IMPORTED });

/** Waits until the pool is full again and nothing else is done, then a little. Gives the jails that wait. */
export async function waitForRest({ readHealth }: ServiceProcess, signal: AbortSignal): Promise<number> {
  for (;;) {
    await rest(signal);
    const { warm, building, running } = (await readHealth()).pool;
    if (warm > 0 && building === 0 && running === 0) return warm;
    await pause(100, signal);
  }
}

/** Sends trivial scripts with 8 clients. */
export async function runExecutions(url: string, executions: number, signal: AbortSignal): Promise<void> {
  using client = createExecuteClient(url, CLIENTS);
  let left = executions;
  const one = async (): Promise<void> => {
    while (left > 0) {
      signal.throwIfAborted();
      left -= 1;
      await client.run(trivialRequest);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, one));
}

export async function measureResting({ env, amounts, signal, say }: Context): Promise<Resting> {
  say('memory at rest');
  await using service = await startWithFullPool(env);
  const warmJails = await waitForRest(service, signal);
  const atStart = readRestingMemory(service.pid);
  const executions = amounts.executionsBeforeRest;
  await runExecutions(service.url, executions, signal);
  await waitForRest(service, signal);
  const afterwards = readRestingMemory(service.pid);
  return {
    warmJails,
    executions,
    atStart,
    afterwards,
    preloaded: await measurePreloaded(env, warmJails, signal),
  };
}

async function measurePreloaded(
  env: NodeJS.ProcessEnv,
  others: number,
  signal: AbortSignal,
): Promise<Resting['preloaded']> {
  await using service = await startServiceProcess({ ...toSettings(env, 'warm'), ...FULL_POOL });
  const warmJails = await waitForRest(service, signal);
  return warmJails === others ? undefined : { warmJails, atStart: readRestingMemory(service.pid) };
}
