import { listServiceProcesses } from '../../../bench/processes.ts';
import { readCommand, readParent } from '../../support/host-state.ts';
import { openArena, PATIENCE_MS, waitFor, type Arena } from '../arena.ts';
import type { Fault, Seen } from '../fault.ts';
import { followProcesses, listLeftByDead } from '../leftovers.ts';
import { killAndSee, signal } from '../signal.ts';
import { stepOf } from '../steps.ts';

const ofGuardian = ['cgroup'] as const;
const group = 'the start and the end of a service';

/** The service is told to end while a script runs, and what it needs for that is killed. */
const atTheEnd = (target: 'starter' | 'keeper' | 'guardian'): Fault => ({
  name: `SIGTERM, then SIGKILL of ${target}`,
  group,
  what: `the service is told to end while a script runs, and its ${target} is killed`,
  ...(target === 'guardian' && { needs: ofGuardian }),
  endsService: true,
  strike: async (arena) => {
    const held = await stepOf('the script runs').hold(arena);
    const pid = await arena.helper(target);
    signal(arena.service.pid, 'SIGTERM');
    const proof = await killAndSee(pid);
    return { seen: await held.seen, proof };
  },
});

const isOf = (command: RegExp) => (pid: number) => command.test(readCommand(pid));
/** The keeper runs the same file, and is its parent. */
const isStarter = (pid: number): boolean =>
  isOf(/starter\.py/)(pid) && isOf(/starter\.py/)(readParent(pid) ?? 0);

function findOwn(isMeant: (pid: number) => boolean): readonly number[] {
  const { helpers, jails } = listServiceProcesses(process.pid);
  return [...helpers, ...jails].filter(isMeant);
}

async function callUntilRight(arena: Arena): Promise<Seen> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await arena.trivial();
    if (seen.verdict === 'right' || seen.isWrong) return seen;
    if (performance.now() > deadline) throw new Error('the service never became ready');
  }
}

async function callAndEnd(arena: Arena): Promise<Seen> {
  await using _ = arena;
  return await callUntilRight(arena);
}

/** Another service is started beside, and what it starts is killed while it attacks its own layers. */
const atTheStart = (what: string, isMeant: (pid: number) => boolean): Fault => ({
  name: `start: SIGKILL of ${what}`,
  group,
  what: `${what} of a service that starts is killed while it attacks its own layers`,
  ...(what === 'the guardian' && { needs: ofGuardian }),
  strike: async () => {
    const before = findOwn(isMeant);
    const starting = openArena();
    const pid = await waitFor(() => findOwn(isMeant).findLast((one) => !before.includes(one)), what, 1);
    const proof = await killAndSee(pid);
    const arena = await starting;
    // The door opens after the attacks.
    using followed = followProcesses(arena.service.pid);
    const seen = await callAndEnd(arena);
    const left = await listLeftByDead(arena.service.pid, followed);
    if (left.length > 0) throw new Error(left.join('; '));
    return { seen: [seen], proof };
  },
});

export const startAndEndFaults: readonly Fault[] = [
  atTheStart('the starter', isStarter),
  atTheStart('a jail', isOf(/nsjail --config/)),
  atTheStart('the guardian', isOf(/guardian\.sh/)),
  atTheEnd('starter'),
  atTheEnd('keeper'),
  atTheEnd('guardian'),
];
