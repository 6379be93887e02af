import { setTimeout as sleep } from 'node:timers/promises';
import { readProcesses } from '../../src/sandbox/nsjail/cgroup/files.ts';
import { healthSchema } from '../../src/core/contract/health.ts';
import { readHostState, type HostState } from '../../test/support/host-state.ts';
import { tryRead } from '../processes.ts';
import type { Target } from './target.ts';

/** Only a hang takes longer, also where an attack on the own layers, with its files, takes a minute. */
const PATIENCE_MS = 120_000;

/** Returns the resources of the idle service; waits a bounded time for the state of `before`. */
export async function readAtRest(
  { source, url }: Pick<Target, 'source' | 'url'>,
  before?: HostState,
): Promise<HostState | undefined> {
  if (source === undefined) return undefined;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    await sleep(1000);
    const { pool } = healthSchema.parse(await (await fetch(`${url}/health`)).json());
    const state = readHostState(source.pid);
    const isCalm = pool.running + pool.waiting + pool.building === 0;
    if (isCalm && (before === undefined || findLeftovers(before, state).length === 0)) return state;
    if (performance.now() > deadline) return state;
  }
}

const compared = ['processes', 'cgroups', 'mounts', 'temporaryFiles'] as const;

/** Jails that wait come and go with demand: what is no jail's has to be as it was, and a jail's cgroup has processes. */
export function findLeftovers(
  before: HostState | undefined,
  after: HostState | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const empty = after.cgroups.filter((folder) => isLeaf(folder) && readProcesses(folder).length === 0);
  const more = compared.flatMap((name) => {
    const was = before[name].filter((line) => !isOfJail(line));
    const is = after[name].filter((line) => !isOfJail(line));
    return is.length > was.length ? is.filter((line) => !was.includes(line)) : [];
  });
  return [...empty, ...more];
}

const isLeaf = (folder: string): boolean => /\/jail-\d+$/.test(folder);
/** nsjail, what it runs, and their cgroups. */
const isOfJail = (line: string): boolean => isLeaf(line) || isInJail(Number(/^\d+/.exec(line)?.[0]));
const isInJail = (pid: number): boolean => /\/jail-\d+$/m.test(tryRead(`/proc/${pid}/cgroup`));
