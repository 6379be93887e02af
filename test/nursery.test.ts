import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectNothingLeft,
  readCommand,
  readHostState,
  readSettledState,
  type HostState,
} from './support/host-state.ts';
import { findNsjail } from '../src/sandbox/nsjail/binary.ts';
import { findPlaces, jailPlaces, LOOK } from './support/jail-view.ts';
import { findMarked, until, waiting } from './support/serve.ts';
import { startService, type TestService } from './support/service.ts';

/** Marks a process of a script; other files of tests run at the same time. */
const kept = `kept-${process.pid}`;

describe('a jail of a nursery', () => {
  let before: HostState;
  let service: TestService;
  beforeAll(async () => {
    before = readHostState();
    service = await startService({ BRIG_ISOLATION: 'nursery', BRIG_MAX_WARM_JAILS: '1' });
  });
  afterAll(async () => {
    await service.close();
    await expectNothingLeft(before);
  });

  it('looks to a script as one that nsjail made', async () => {
    const plain = await startService({ BRIG_MAX_WARM_JAILS: '1' });
    try {
      const [nursed, made] = await Promise.all(
        [service, plain].map(async (one) => (await one.execute({ script: LOOK })).body),
      );
      expect(made?.success, made?.message).toBe(true);
      expect(nursed?.result).toEqual(made?.result);
    } finally {
      await plain.close();
    }
  });

  it('is said to be one, and a request has another where it wants', async () => {
    expect(service.service.health().isolation).toBe('nursery');
    const script = 'def main(): return 1';
    const usual = await service.execute({ script });
    const strong = await service.execute({ script, isolation: 'nsjail' });
    const weak = await service.execute({ script: 'x = 1' });
    expect([usual, strong, weak].map(({ body }) => [body.error, body.execution.isolation])).toEqual([
      [undefined, 'nursery'],
      [undefined, 'nsjail'],
      ['missing_main', 'nursery'],
    ]);
  });

  it.each(jailPlaces)(
    'ends with its %s, as a failure of the machine, and the next one runs',
    async (place) => {
      const running = service.execute({ script: waiting(kept, 20) });
      const early = async (): Promise<void> => {
        const { body } = await running;
        expect(findMarked(kept), `It ended first: ${JSON.stringify(body)}`).toHaveLength(1);
      };
      await Promise.race([until(() => findMarked(kept).length === 1), early()]);
      const found = findPlaces(kept);
      expect([found.keeper, found.nursery].map(readCommand)).toEqual([
        '/opt/brig/nursery',
        '/opt/brig/nursery',
      ]);
      expect(readCommand(found.outer)).toContain('nursery.cfg');
      process.kill(found[place], 'SIGKILL');
      const { status, body } = await running;
      expect([status, body.error]).toEqual([503, 'sandbox_unavailable']);
      await until(() => findMarked(kept).length === 0);
      // Jails that waited for a script died with it too, and the layers are attacked again.
      const next = async () => (await service.execute({ script: 'def main(): return 1' })).body.result;
      await expect.poll(next, { timeout: 10_000 }).toBe(1);
      await readSettledState();
    },
  );
});

it('is missing where its outer jail cannot be started: an outage with its reason, and never one by nsjail instead', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brig-no-nursery-'));
  const wrapper = join(folder, 'nsjail');
  const own = findNsjail(undefined);
  writeFileSync(wrapper, `#!/bin/sh\ncase "$*" in */nursery.cfg*) exit 1 ;; esac\nexec ${own} "$@"\n`, {
    mode: 0o755,
  });
  const service = await startService({ BRIG_ISOLATION: 'nursery', BRIG_NSJAIL: wrapper });
  try {
    expect(service.service.health()).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining('could not be started'),
    });
    const script = 'def main(): return 1';
    expect((await service.execute({ script })).body).toMatchObject({
      success: false,
      error: 'sandbox_unavailable',
    });
    const strong = await service.execute({ script, isolation: 'nsjail' });
    expect(strong.body).toMatchObject({ result: 1, execution: { isolation: 'nsjail' } });
  } finally {
    await service.close();
    rmSync(folder, { recursive: true });
  }
});
