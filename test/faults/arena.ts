import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../bench/soak/http-client.ts';
import type { SoakAnswer, SoakRequest } from '../../bench/soak/kind.ts';
import { listServiceProcesses } from '../../bench/processes.ts';
import { startServiceProcess, type ServiceProcess } from '../../bench/service-process.ts';
import { readProcesses } from '../../src/sandbox/nsjail/cgroup/files.ts';
import { jailPaths } from '../../src/sandbox/nsjail/image/layout.ts';
import { listCgroups, listPids, readCommand, readParent } from '../support/host-state.ts';
import { judge, type Seen } from './fault.ts';
import { hasCgroup, trial } from './host-needs.ts';

/** A hang, not a slow machine. */
export const PATIENCE_MS = 60_000;

/** A jail: who made it, and what is process 1 inside. */
export interface JailPids {
  /** Its own nsjail, or its keeper in a nursery. */
  readonly maker: number;
  readonly first: number;
  /** The child of an init process, or the first process itself. */
  readonly interpreter: number;
  /** Its cgroup folders; none where the host has no cgroup for it. */
  readonly leaves: readonly string[];
}

/** A service that is struck, and its callers. */
export interface Arena extends AsyncDisposable {
  readonly service: ServiceProcess;
  readonly stateDir: string;
  /** Those that this service has beside the usual ones. */
  readonly settings: Readonly<Record<string, string>>;
  /** Resolves with an error where no answer came. */
  send(request: SoakRequest): Promise<SoakAnswer | Error>;
  /** A trivial script, whose answer is judged. */
  trivial(): Promise<Seen>;
  /** The keeper is the process that the service started, the starter its child, which starts the jails. */
  helper(name: 'keeper' | 'starter' | 'guardian'): Promise<number>;
  /** The jails that are there now, ready or not. */
  jails(): readonly JailPids[];
}

export async function openArena(settings: Readonly<Record<string, string>> = {}): Promise<Arena> {
  const env: NodeJS.ProcessEnv = {
    ...((await hasCgroup()) ? {} : trial),
    ...process.env,
    BRIG_LOG_LEVEL: 'silent',
    // A container image brings a default environment, so no jail of plain Python would be kept warm.
    BRIG_PREPARED_DIR: undefined,
    // One jail waits: it is the one that the next script gets.
    BRIG_MAX_WARM_JAILS: '1',
    ...settings,
  };
  const service = await startServiceProcess(env);
  return toArena(service, env['BRIG_STATE_DIR'] ?? '', settings);
}

function toArena(service: ServiceProcess, stateDir: string, settings: Arena['settings']): Arena {
  const send = async (request: SoakRequest): Promise<SoakAnswer | Error> => {
    using client = createHttpClient(service.url, {});
    try {
      return await client.send(request);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  return {
    service,
    stateDir,
    settings,
    send,
    trivial: async () =>
      judge(
        await send({ body: { script: 'def main():\n    return 6 * 7' } }),
        ({ body }) => body.result === 42,
      ),
    helper: (name) => waitFor(() => findHelper(service.pid, name), `the ${name}`),
    jails: () => listJails(service.pid),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

function findHelper(service: number, name: 'keeper' | 'starter' | 'guardian'): number | undefined {
  const { helpers } = listServiceProcesses(service);
  const file = name === 'guardian' ? 'guardian.sh' : 'starter.py';
  return helpers.find((pid) => {
    const isChild = readParent(pid) === service;
    return readCommand(pid).includes(file) && isChild === (name !== 'starter');
  });
}

/** By the cgroup where there is one, which a jail keeps whose starter is gone; else by descent. */
export function listJails(service: number): readonly JailPids[] {
  const folders = listCgroups(service).filter((folder) => /\/jail-\d+$/.test(folder));
  const inCgroups = new Set(folders.flatMap(readProcesses));
  const { jails } = listServiceProcesses(service);
  const pids = listPids();
  return pids
    .filter((pid) => (inCgroups.has(pid) || jails.includes(pid)) && isMaker(pid))
    .flatMap((maker) => {
      const first = pids.find((pid) => readParent(pid) === maker);
      const leaves = folders.filter((folder) => readProcesses(folder).includes(maker));
      if (first === undefined) return [];
      const interpreter = isInit(first) ? pids.find((pid) => readParent(pid) === first) : undefined;
      return [{ maker, first, interpreter: interpreter ?? first, leaves }];
    });
}

const isInit = (pid: number): boolean => readCommand(pid).startsWith(jailPaths.init);

const isNsjail = (pid: number): boolean => /nsjail --config/.test(readCommand(pid));
/** Whether it is the nsjail of a nursery's outer jail. */
export const isOuter = (pid: number): boolean => /nsjail --config \S*nursery\.cfg/.test(readCommand(pid));

/** Returns the process so many above another; 0 where there is none. */
const above = (pid: number, count: number): number =>
  count === 0 ? pid : above(readParent(pid) ?? 0, count - 1);

/** Of a nursery's jails it is the keeper: a child of the nursery, which is process 1 of its outer jail. */
const isMaker = (pid: number): boolean =>
  (isNsjail(pid) && !isOuter(pid)) || (!isNsjail(pid) && isOuter(above(pid, 2)));

/** Returns the nsjail of a jail, that of its nursery where it has none of its own. */
export const nsjailOf = ({ maker }: JailPids): number => (isNsjail(maker) ? maker : above(maker, 2));

/** Waits until there is something. @throws Error after a patience that only a hang outlasts. */
export async function waitFor<T>(look: () => T | undefined | false, what: string, everyMs = 10): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(everyMs);
  }
}
