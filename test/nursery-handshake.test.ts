import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectNothingLeft,
  listPids,
  readCommand,
  readHostState,
  readParent,
  type HostState,
} from './support/host-state.ts';
import { startService, type TestService } from './support/service.ts';

/* Processes of a nursery are killed while it makes a jail: nobody gets a wrong verdict, and nothing is left. */

interface Line {
  readonly starterKeeper: number | undefined;
  readonly starter: number | undefined;
  readonly outer: number | undefined;
  readonly nursery: number | undefined;
  /** The newest one. */
  readonly keeper: number | undefined;
  readonly init: number | undefined;
}

/** Returns the processes from the service down to the newest jail of its nursery. */
function readLine(): Line {
  const pids = listPids();
  const childOf = (parent: number | undefined, word: string): number | undefined =>
    parent === undefined
      ? undefined
      : pids.findLast((pid) => readParent(pid) === parent && readCommand(pid).includes(word));
  const starterKeeper = childOf(process.pid, 'starter.py');
  const starter = childOf(starterKeeper, 'starter.py');
  const outer = childOf(starter, 'nursery.cfg');
  const nursery = childOf(outer, '/opt/brig/nursery');
  const keeper = childOf(nursery, '/opt/brig/nursery');
  return { starterKeeper, starter, outer, nursery, keeper, init: childOf(keeper, '/opt/brig/') };
}

/** Kills a process that may have ended meanwhile. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const victims = ['starterKeeper', 'starter', 'outer', 'nursery', 'keeper', 'init'] as const;

describe('a nursery that makes a jail', () => {
  let before: HostState;
  let service: TestService;
  beforeAll(async () => {
    before = readHostState();
    service = await startService({
      BRIG_ISOLATION: 'nursery',
      BRIG_MAX_WARM_JAILS: '0',
      BRIG_RUNTIMES: 'python',
    });
  });
  afterAll(async () => {
    await service.close();
    await expectNothingLeft(before);
    expect(service.incidents).toEqual([]);
  });

  /** A script whose verdict nobody can mistake. */
  const execute = async (): Promise<unknown> => {
    const { body } = await service.execute({ script: 'def main(): return 7' });
    return body.success ? body.result : body.error;
  };
  const recover = (): Promise<void> => expect.poll(execute, { timeout: 20_000 }).toBe(7);

  it.each(['starterKeeper', 'starter', 'outer', 'nursery'] as const)(
    'is given a table, and its %s is killed',
    async (victim) => {
      await recover();
      const { nursery = 0, ...others } = readLine();
      process.kill(nursery, 'SIGSTOP');
      const answer = execute();
      // The table is on its way, and nobody reads it.
      await sleep(100);
      process.kill(victim === 'nursery' ? nursery : (others[victim] ?? 0), 'SIGKILL');
      expect([7, 'sandbox_unavailable']).toContain(await answer);
      await recover();
    },
  );

  it.each(victims)('has its %s killed at any moment', async (victim) => {
    for (let round = 0; round < 6; round += 1) {
      await recover();
      const answers = Array.from({ length: 3 }, execute);
      await sleep(2 * round);
      const pid = readLine()[victim];
      if (pid !== undefined) killIfThere(pid);
      for (const answer of await Promise.all(answers)) expect([7, 'sandbox_unavailable']).toContain(answer);
    }
    await recover();
  });
});
