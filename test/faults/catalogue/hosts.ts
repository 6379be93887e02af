import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listServiceProcesses } from '../../../bench/processes.ts';
import { waitFor, type Arena } from '../arena.ts';
import { join as moveInto, listMounts, tryRemove } from '../cgroups.ts';
import { judge, proveRefusals, type Fault, type Prepared, type Seen } from '../fault.ts';
import { call } from './resources.ts';

/** Stands for the host: the service, what it started and its jails are all below. */
const NAME = 'brig-fault-host';
const needed = new Set(['memory', 'pids', 'cpu', 'cpuacct']);
const MIB = 2 ** 20;

interface Host {
  readonly version: 1 | 2;
  /** One for each hierarchy that the service uses. */
  readonly folders: readonly string[];
}

function findHost(): Host {
  const mounts = listMounts();
  const old = mounts.filter(({ controllers }) => controllers.some((name) => needed.has(name)));
  const used = old.length > 0 ? old : mounts.filter(({ version }) => version === 2);
  return { version: used[0]?.version ?? 2, folders: used.map(({ point }) => join(point, NAME)) };
}

function prepareHost(): Promise<Prepared> {
  const { version, folders } = findHost();
  for (const folder of folders) {
    if (version === 2) writeFileSync(join(folder, '../cgroup.subtree_control'), '+memory +pids +cpu');
    mkdirSync(folder, { recursive: true });
  }
  return Promise.resolve({
    settings: { BRIG_CGROUP_PARENT: `/${NAME}` },
    [Symbol.asyncDispose]: async () => {
      for (const folder of folders)
        await waitFor(() => tryRemove(join(folder, 'service')) && tryRemove(folder), 'the end of a cgroup');
    },
  });
}

/** The folder of a controller; the service and its helpers are in it from now on. */
function enterHost({ service }: Arena, controller: 'memory' | 'pids'): string {
  const { version, folders } = findHost();
  const folder = folders.find((one) => version === 2 || one.includes(`/${controller}/`));
  if (folder === undefined) throw new Error(`there is no cgroup of ${controller}`);
  const own = join(folder, 'service');
  mkdirSync(own, { recursive: true });
  for (const pid of [service.pid, ...listServiceProcesses(service.pid).helpers]) moveInto(own, pid);
  return folder;
}

/** @returns what undoes it. */
function limit(folder: string, names: readonly [file: string, v1: string], value: number): () => void {
  const { version } = findHost();
  const file = join(folder, version === 2 ? names[0] : names[1]);
  writeFileSync(file, String(value));
  return () => writeFileSync(file, version === 2 || file.endsWith('pids.max') ? 'max' : '-1');
}

const readCount = (folder: string, ...names: readonly [string, string]): number =>
  Number(readFileSync(join(folder, findHost().version === 2 ? names[0] : names[1]), 'utf8'));

const onHost = (name: string, what: string, strike: (arena: Arena) => Promise<readonly Seen[]>): Fault => ({
  name,
  group: 'nothing left on the host',
  what,
  needs: ['root', 'cgroup'],
  prepare: prepareHost,
  strike: async (arena) => {
    const seen = await strike(arena);
    return { seen, proof: proveRefusals(seen) };
  },
});

export const hostFaults: readonly Fault[] = [
  onHost(
    'no processes: service, starter and jails',
    'a limit of processes above the service, its starter and all jails, at what they have without jails',
    async (arena) => {
      const folder = enterHost(arena, 'pids');
      const used = readCount(join(folder, 'service'), 'pids.current', 'pids.current');
      const undo = limit(folder, ['pids.max', 'pids.max'], used);
      try {
        return await call(arena);
      } finally {
        undo();
      }
    },
  ),
  onHost(
    'no memory: service, starter and jails',
    'a limit of memory above the service, its starter and all jails, which a script reaches long before its own',
    async (arena) => {
      const folder = enterHost(arena, 'memory');
      const used = readCount(folder, 'memory.current', 'memory.usage_in_bytes');
      // Memory that a process had before its move stays charged to its old cgroup.
      const undo = limit(folder, ['memory.max', 'memory.limit_in_bytes'], used + 96 * MIB);
      try {
        const script = 'def main():\n    return len(bytearray(400 << 20))';
        const large = await arena.send({ body: { script, limits: { memory_mb: 512 } } });
        return [judge(large, () => false), ...(await call(arena))];
      } finally {
        undo();
      }
    },
  ),
];
