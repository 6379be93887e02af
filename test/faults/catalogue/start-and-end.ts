import { listServiceProcesses } from '../../../bench/processes.ts';
import { readCommand } from '../../support/host-state.ts';
import { openArena, signal, waitFor } from '../arena.ts';
import type { Fault } from '../fault.ts';
import { steps } from '../steps.ts';

const ofGuardian = ['cgroup'] as const;
const running = steps.find(({ name }) => name === 'the script runs');

/** The service is told to end while a script runs, and what it needs for that is killed. */
const atTheEnd = (target: 'starter' | 'keeper' | 'guardian'): Fault => ({
  name: `SIGTERM, then SIGKILL of ${target}`,
  group: 'the start and the end of a service',
  what: `the service is told to end while a script runs, and its ${target} is killed`,
  ...(target === 'guardian' && { needs: ofGuardian }),
  endsService: true,
  strike: async (arena) => {
    if (running === undefined) throw new Error('there is no such step');
    const held = await running.hold(arena);
    const pid = await arena.helper(target);
    signal(arena.service.pid, 'SIGTERM');
    signal(pid, 'SIGKILL');
    return held.seen;
  },
});

function findOwn(command: RegExp): readonly number[] {
  const { helpers, jails } = listServiceProcesses(process.pid);
  return [...helpers, ...jails].filter((pid) => command.test(readCommand(pid)));
}

/** Another service is started beside, and what it starts is killed while it attacks its own layers. */
const atTheStart = (what: string, pattern: RegExp): Fault => ({
  name: `start: SIGKILL of ${what}`,
  group: 'the start and the end of a service',
  what: `${what} of a service that starts is killed while it attacks its own layers`,
  ...(what === 'the guardian' && { needs: ofGuardian }),
  strike: async () => {
    const before = findOwn(pattern);
    const starting = openArena();
    const pid = await waitFor(() => findOwn(pattern).findLast((one) => !before.includes(one)), what);
    signal(pid, 'SIGKILL');
    await using arena = await starting;
    for (;;) {
      const seen = await arena.trivial();
      if (seen.verdict === 'right' || seen.isWrong) return [seen];
    }
  },
});

export const startAndEndFaults: readonly Fault[] = [
  atTheStart('the starter', /starter\.py/),
  atTheStart('a jail', /nsjail --config/),
  atTheStart('the guardian', /guardian\.sh/),
  atTheEnd('starter'),
  atTheEnd('keeper'),
  atTheEnd('guardian'),
];
