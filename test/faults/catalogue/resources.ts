import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { listDescriptors } from '../../../bench/soak/host.ts';
import { waitFor, type Arena } from '../arena.ts';
import { isUnified } from '../cgroups.ts';
import { judge, proveRefusals, type Fault, type Seen } from '../fault.ts';
import { waitForRunning } from '../steps.ts';

const group = 'nothing left on the host';
const CALLS = 6;

/** Callers one after the other, while something is short. */
export async function call(arena: Arena): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (let turn = 0; turn < CALLS; turn += 1) seen.push(await arena.trivial());
  return seen;
}

const titles = { nofile: 'Max open files', as: 'Max address space' } as const;
type LimitName = keyof typeof titles;

function setLimit(pid: number, name: LimitName, soft: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--${name}=${soft}:`]);
  if (readSoft(pid, name) !== soft) throw new Error(`the limit ${name} could not be set`);
}

const readSoft = (pid: number, name: LimitName): string =>
  new RegExp(`^${titles[name]}\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ??
  'unlimited';

/** Does something while a process has a lower limit. */
async function within<T>(pid: number, name: LimitName, soft: number, act: () => Promise<T>): Promise<T> {
  const before = readSoft(pid, name);
  setLimit(pid, name, String(soft));
  try {
    return await act();
  } finally {
    setLimit(pid, name, before);
  }
}

/** A limit of a running process, for as long as the callers call. */
const limited = (who: 'service' | 'starter', name: LimitName, plus: number): Fault => ({
  name: `no ${name === 'as' ? 'memory' : 'descriptors'}: ${who}${plus > 0 ? ` has ${plus}` : ''}`,
  group,
  what: `prlimit --${name} of the ${who} set to ${name === 'as' ? 'nothing' : `${plus} more than it has open`}`,
  mayHangUp: true,
  strike: async (arena) => {
    const pid = who === 'service' ? arena.service.pid : await arena.helper('starter');
    const soft = name === 'as' ? 1 : listDescriptors(pid).length + plus;
    const seen = await within(pid, name, soft, () => call(arena));
    return { seen, proof: proveRefusals(seen) };
  },
});

const BURN = 'def main():\n    while True:\n        pass';

/** The counters of the cgroup cannot be read, so nobody watches a limit that only the service enforces. */
const blind: Fault = {
  name: 'no descriptors: a script burns CPU time',
  group,
  what: 'the service has no descriptor left while a script uses up its CPU time of 1 s, long before its timeout of 20 s',
  needs: ['cgroup'],
  strike: async (arena) => {
    const { pid } = arena.service;
    const start = performance.now();
    const answer = arena.send({ body: { script: BURN, limits: { timeout: 20, cpu_time: 1 } } });
    await waitForRunning(arena);
    const held = new Set(listDescriptors(pid).map(Number));
    let lowest = 0;
    while (held.has(lowest)) lowest += 1;
    const seen = await within(pid, 'nofile', lowest, async () =>
      judge(await answer, ({ body }) => body.error === 'cpu_limit'),
    );
    const took = (performance.now() - start) / 1000;
    if (took > 15) throw new Error(`the script burned for ${took.toFixed(0)} s`);
    return { seen: [seen], proof: `limit set to its ${held.size} open ones` };
  },
};

/** The folder of one controller in which a service has its jails. */
function folderOf(arena: Arena, controller: string): string {
  const leaf = arena
    .jails()[0]
    ?.leaves.find((one) => one.includes(`/${controller}`) || one.includes('unified') || isUnified(one));
  if (leaf === undefined) throw new Error(`there is no cgroup of ${controller}`);
  return dirname(leaf);
}

/** All jails of the service together reach a limit, as on a host that has no more. */
const exhausted = (controller: 'memory' | 'pids'): Fault => ({
  name: `no ${controller === 'memory' ? 'memory' : 'processes'}: all jails`,
  group,
  what:
    controller === 'memory'
      ? "a limit of memory above all jails' cgroups, below what one script uses within its own"
      : "a limit of processes above all jails' cgroups, at what they have",
  needs: ['cgroup'],
  strike: async (arena) => {
    await waitFor(() => arena.jails().length > 0, 'a jail');
    const folder = folderOf(arena, controller);
    const isV2 = isUnified(folder);
    const file = `${folder}/${controller === 'pids' ? 'pids.max' : isV2 ? 'memory.max' : 'memory.limit_in_bytes'}`;
    const limit =
      controller === 'pids' ? readFileSync(`${folder}/pids.current`, 'utf8').trim() : 64 * 2 ** 20;
    writeFileSync(file, String(limit));
    try {
      if (controller === 'pids') {
        const seen = await call(arena);
        return { seen, proof: proveRefusals(seen) };
      }
      const answer = await arena.send({
        body: { script: 'def main():\n    return len(bytearray(150 << 20))', limits: { memory_mb: 256 } },
      });
      const large = judge(answer, () => false);
      return { seen: [large, ...(await call(arena))], proof: proveRefusals([large]) };
    } finally {
      writeFileSync(file, controller === 'pids' || isV2 ? 'max' : '-1');
    }
  },
});

export const resourceFaults: readonly Fault[] = [
  limited('starter', 'nofile', 2),
  limited('starter', 'as', 0),
  limited('service', 'nofile', 2),
  limited('service', 'nofile', 0),
  blind,
  exhausted('memory'),
  exhausted('pids'),
];
