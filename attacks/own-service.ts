import { optionalLayers } from '../src/core/contract/health.ts';
import { startServiceProcess, type ServiceProcess } from '../bench/service-process.ts';
import { readHostState, type HostState } from '../test/support/host-state.ts';

/** A service to attack, with a look at what it has on the host. */
export interface OwnService extends ServiceProcess {
  /** Remembers what it has when it does nothing: jails of Node and Bun wait as well, once a script has used them. */
  rest(): Promise<void>;
  /** Describes what ended executions left on the host; waits a bounded time for it to go. */
  findRemains(): Promise<string | undefined>;
}

/** Only a hang takes longer. */
const SETTLE_MS = 60_000;
const LOOK_MS = 250;

/** Counts jails: a waiting jail is replaced by another one. */
const count = ({ processes, cgroups, mounts }: HostState): Record<string, number> => ({
  processes: processes.length,
  cgroups: cgroups.length,
  mounts: mounts.length,
});

/** As an operator starts one for a trial: where there is no cgroup it goes on with less, and says so. */
export async function startOwnService(env: NodeJS.ProcessEnv): Promise<OwnService> {
  const service = await startServiceProcess({
    BRIG_OPTIONAL_LAYERS: optionalLayers.join(','),
    BRIG_BUILDS: 'off',
    BRIG_TERMINALS: 'on',
    // With a pool that grows and shrinks nobody could say what an idle service has on the host.
    BRIG_MAX_WARM_JAILS: '1',
    ...env,
  });
  let idle: Record<string, number> = {};
  return {
    ...service,
    rest: async () => {
      idle = count(await settle(service));
    },
    findRemains: async () => {
      const deadline = performance.now() + SETTLE_MS;
      for (;;) {
        const now = count(readHostState(service.pid));
        const left = Object.keys(idle).filter((name) => (now[name] ?? 0) > (idle[name] ?? 0));
        if (left.length === 0) return undefined;
        if (performance.now() > deadline)
          return left.map((name) => `${name}: ${now[name]} where ${idle[name]} were`).join('; ');
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
  };
}

/** The state of a service that does nothing, once it stays the same: on a slow machine a jail that is to wait takes long to come. */
async function settle({ pid, readHealth }: ServiceProcess): Promise<HostState> {
  let state = readHostState(pid);
  for (let calm = 0; calm < 4;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const next = readHostState(pid);
    const { pool } = await readHealth();
    const isIdle = pool.running + pool.waiting + pool.building === 0;
    calm = isIdle && next.processes.join() === state.processes.join() ? calm + 1 : 0;
    state = next;
  }
  return state;
}
