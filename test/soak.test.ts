import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Send } from '../bench/soak/kind.ts';
import { outputKinds } from '../bench/soak/kinds/output.ts';
import { createTally, runLoad } from '../bench/soak/run-load.ts';
import { expectNothingLeft, listCgroups, readHostState } from './support/host-state.ts';
import { startService, type TestService } from './support/service.ts';

/** Not a setting of the service: those alone begin with BRIG_. */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 20);
const CLIENTS = 8;

it(
  `gives each of ${CLIENTS} clients its own outcome for ${SECONDS} s, and leaves nothing behind`,
  async () => {
    const before = readHostState();
    const service = await startService();
    const tally = createTally();
    // Each answer is held to the document as well.
    const send: Send = ({ body, signal }) => service.execute(body, signal && { signal });
    try {
      const until = AbortSignal.timeout(SECONDS * 1000);
      await runLoad({ kinds: outputKinds, clients: CLIENTS, seed: 1, thinkSeconds: 0, send, until }, tally);
      expect(tally.complaints.slice(0, 5), `of ${tally.complained}`).toEqual([]);
      expect([...tally.turns.keys()].toSorted(), 'every kind of end was seen').toEqual(
        outputKinds.map(({ name }) => name).toSorted(),
      );
      await expectIdle(service);
    } finally {
      await service.close();
    }
    expect(service.incidents, 'faults of the service itself').toEqual([]);
    await expectNothingLeft(before);
  },
  (SECONDS + 60) * 1000,
);

/**
 * Nobody runs and nobody waits, and no cgroup is left but those of jails that wait for a script. A moment after the
 * last answer: places are given back when the jails are gone, those of callers who left, too.
 */
async function expectIdle({ service }: TestService): Promise<void> {
  const look = () => {
    const { running, waiting, building, warm } = service.health().pool;
    const leaves = listCgroups(process.pid).map((path) => /\/(jail-\d+)$/.exec(path)?.[1]);
    const jails = new Set(leaves.filter((name) => name !== undefined)).size;
    return { running, waiting, building, stray: jails - warm };
  };
  const idle = { running: 0, waiting: 0, building: 0, stray: 0 };
  for (let wait = 0; wait < 100 && JSON.stringify(look()) !== JSON.stringify(idle); wait += 1)
    await sleep(50);
  expect(look()).toEqual(idle);
  expect(service.health().status).toBe('healthy');
}
