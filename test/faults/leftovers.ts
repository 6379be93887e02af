import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listServiceProcesses, tryRead } from '../../bench/processes.ts';
import { findLeftovers, readAtRest } from '../../bench/soak/rest.ts';
import { readProcesses } from '../../src/sandbox/nsjail/cgroup/files.ts';
import { isRunning, readCommand, readHostState, type HostState } from '../support/host-state.ts';
import { PATIENCE_MS, type Arena } from './arena.ts';
import { identify } from './signal.ts';

const SAMPLE_MS = 20;

/** The processes that a service had at one time or another: what loses its parent is no child of the service any more. */
export interface Followed extends Disposable {
  /** Those that run still and are none of the service's. */
  orphans(): readonly string[];
}

export function followProcesses(service: number): Followed {
  const seen = new Map<string, number>();
  const look = (): readonly number[] => {
    const { helpers, jails } = listServiceProcesses(service);
    const all = [...helpers, ...jails];
    for (const pid of all) seen.set(identify(pid), pid);
    return all;
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return {
    orphans: () => {
      const own = look();
      return [...seen]
        .filter(([name, pid]) => isRunning(pid) && identify(pid) === name && !own.includes(pid))
        .map(([, pid]) => `orphan ${pid} ${readCommand(pid)}`);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const sourceOf = ({ service, stateDir }: Arena) => ({
  url: service.url,
  source: { pid: service.pid, stateDir },
});

export const readRest = (arena: Arena): Promise<HostState | undefined> => readAtRest(sourceOf(arena));

/** Returns what a service holds after a fault and did not before; waits a while for it to go. */
export async function listLeft(
  arena: Arena,
  before: HostState | undefined,
  followed: Followed,
): Promise<readonly string[]> {
  // Waits until nothing runs.
  await readAtRest(sourceOf(arena), before);
  return waitForNothing(async () => {
    const { pool } = await arena.service.readHealth();
    const after = readHostState(arena.service.pid);
    const jails = countJails(after);
    const surplus = jails > pool.warm + pool.building ? [`${jails} jails, of which ${pool.warm} wait`] : [];
    const more = before === undefined ? 0 : countDescriptors(after) - countDescriptors(before);
    return [
      ...findLeftovers(before, after),
      ...followed.orphans(),
      ...surplus,
      ...(more > 0 ? [`${more} descriptors`] : []),
    ];
  }, PATIENCE_MS / 2);
}

/** Jails by their cgroups; one without processes rests until another jail gets it. */
const countJails = ({ cgroups }: HostState): number =>
  new Set(
    cgroups
      .filter((folder) => readProcesses(folder).length > 0)
      .flatMap((folder) => /\/jail-\d+$/.exec(folder)?.[0] ?? []),
  ).size;

/** A jail that waits has pipes: request, report, stdout, stderr. */
const PIPES_OF_JAIL = 4;

/** Pipes and sockets, but for those of jails that wait, and for connections that somebody here has open. */
function countDescriptors(state: HostState): number {
  const established = new Set(
    tryRead('/proc/net/tcp')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , status]) => status === '01')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  const own = state.descriptors.filter((one) => !established.has(one.slice(one.indexOf(' ') + 1)));
  return own.length - PIPES_OF_JAIL * countJails(state);
}

/** Returns what an ended service left on the host. */
export const listLeftByDead = (pid: number, followed: Followed): Promise<readonly string[]> =>
  waitForNothing(() => {
    const { processes, cgroups, mounts, temporaryFiles } = readHostState(pid);
    const own = isRunning(pid) ? ['the service'] : [];
    return Promise.resolve([
      ...own,
      ...processes,
      ...cgroups,
      ...mounts,
      ...temporaryFiles,
      ...followed.orphans(),
    ]);
  }, PATIENCE_MS / 4);

/** Files of a service in the state folder, which its successor removes where it could not do so itself. */
export function listStateFiles(stateDir: string, pid: number): readonly string[] {
  return readdirSync(stateDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(stateDir, name)).map((file) => join(name, file)))
    .filter((file) => new RegExp(`\\d-${pid}-\\d`).test(file));
}

/** Returns the entries that are still listed after a bounded wait. */
async function waitForNothing(
  list: () => Promise<readonly string[]>,
  patienceMs: number,
): Promise<readonly string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const left = await list();
    if (left.length === 0 || performance.now() > deadline) return left.map((one) => `left behind: ${one}`);
    await sleep(50);
  }
}
