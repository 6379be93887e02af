import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNsjail } from '../src/sandbox/nsjail/binary.ts';
import {
  expectNothingLeft,
  readCommand,
  readHostState,
  readSettledState,
  type HostState,
} from './support/host-state.ts';
import { findPlaces, jailPlaces, LOOK } from './support/jail-view.ts';
import { findMarked, until, waiting } from './support/serve.ts';
import { startService, type TestService } from './support/service.ts';

/** Marks a process of a script; other files of tests run at the same time. */
const kept = `kept-${process.pid}`;

const readStatus = (pid: number, name: string): string =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
const listDescriptors = (pid: number): string[] => readdirSync(`/proc/${pid}/fd`);

/** Searches all memory of a process for a text. */
function hasInMemory(pid: number, text: string): boolean {
  const ranges = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => / r/.test(line));
  expect(ranges.length).toBeGreaterThan(1);
  return ranges.some((line) => readRange(pid, line).includes(text));
}

/** Reads what a line of /proc/PID/maps names; empty where the kernel shows it to nobody. */
function readRange(pid: number, line: string): Buffer {
  const [start = 0, end = 0] =
    line
      .split(' ')[0]
      ?.split('-')
      .map((word) => Number.parseInt(word, 16)) ?? [];
  const file = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const content = Buffer.alloc(end - start);
    return content.subarray(0, readSync(file, content, 0, content.length, start));
  } catch {
    return Buffer.alloc(0);
  } finally {
    closeSync(file);
  }
}

describe('a jail of a template', () => {
  let before: HostState;
  let service: TestService;
  beforeAll(async () => {
    before = readHostState();
    service = await startService({ BRIG_ISOLATION: 'template', BRIG_MAX_WARM_JAILS: '1' });
  });
  afterAll(async () => {
    await service.close();
    await expectNothingLeft(before);
  });

  const runNext = async () => (await service.execute({ script: 'def main(): return 1' })).body.result;

  /** Runs a script that waits, and what is to be done meanwhile. */
  async function during<T>(act: (found: ReturnType<typeof findPlaces>) => T | Promise<T>) {
    const running = service.execute({ script: waiting(kept, 20) });
    const early = async (): Promise<void> => {
      const { body } = await running;
      expect(findMarked(kept), `It ended first: ${JSON.stringify(body)}`).toHaveLength(1);
    };
    await Promise.race([until(() => findMarked(kept).length === 1), early()]);
    return { running, acted: await act(findPlaces(kept)) };
  }

  it('looks to a script as one that nsjail made', async () => {
    const plain = await startService({ BRIG_ISOLATION: 'nsjail', BRIG_MAX_WARM_JAILS: '1' });
    try {
      const [forked, made] = await Promise.all(
        [service, plain].map(async (one) => (await one.execute({ script: LOOK })).body),
      );
      expect(made?.success, made?.message).toBe(true);
      expect(forked?.result).toEqual(made?.result);
    } finally {
      await plain.close();
    }
  });

  it('is said to be one, and a request has a stronger one where it wants', async () => {
    expect(service.service.health().isolation).toBe('template');
    const script = 'def main(): return 1';
    const wishes = [undefined, 'template', 'nursery', 'nsjail'].map((isolation) => ({ script, isolation }));
    const said = [];
    for (const wish of [...wishes, { script: 'x = 1' }]) {
      const { body } = await service.execute(wish);
      said.push([body.error, body.execution.isolation]);
    }
    expect(said).toEqual([
      [undefined, 'template'],
      [undefined, 'template'],
      [undefined, 'nursery'],
      [undefined, 'nsjail'],
      ['missing_main', 'template'],
    ]);
  });

  it.each(jailPlaces)(
    'ends with its %s, as a failure of the machine, and the next one runs',
    async (place) => {
      const { running } = await during((found) => {
        expect(readCommand(found.nursery)).toMatch(/harness\.pyc --template$/);
        expect(readCommand(found.outer)).toContain('template.cfg');
        process.kill(found[place], 'SIGKILL');
      });
      const { status, body } = await running;
      expect([status, body.error]).toEqual([503, 'sandbox_unavailable']);
      await until(() => findMarked(kept).length === 0);
      await expect.poll(runNext, { timeout: 10_000 }).toBe(1);
      await readSettledState();
    },
  );

  it('has a template with one thread, one descriptor, no handler of a signal, and no byte of a script', async () => {
    const secret = `brig-${crypto.randomUUID()}`;
    const script = `def main(word):\n    print(word)\n    return ${JSON.stringify(secret)}`;
    for (let turn = 0; turn < 5; turn += 1) {
      const { body } = await service.execute({
        script,
        args: [secret],
        stdin: secret,
        env: { WORD: secret },
      });
      expect(body.result).toBe(secret);
    }
    const { running } = await during((found) => {
      expect(listDescriptors(found.nursery)).toEqual(['4']);
      expect(readStatus(found.nursery, 'Threads')).toBe('1');
      expect(readStatus(found.nursery, 'SigCgt')).toBe('0'.repeat(16));
      for (const pid of [found.nursery, found.keeper, found.init])
        expect(hasInMemory(pid, secret), String(pid)).toBe(false);
      expect(hasInMemory(process.pid, secret)).toBe(true);
      process.kill(findMarked(kept)[0] ?? Number.NaN);
    });
    await running;
  });

  it('has a keeper and an init process with nothing of the template, without rights', async () => {
    const { running } = await during((found) => {
      // The socket of its report, the two ends of its sign of life, and the jail.
      expect(listDescriptors(found.keeper)).toEqual(['6', '7', '8', '9']);
      expect(listDescriptors(found.init)).toEqual(['3']);
      for (const pid of [found.keeper, found.init]) {
        expect(Number.parseInt(readStatus(pid, 'VmRSS'), 10)).toBeLessThan(256);
        for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
          expect(readStatus(pid, name), name).toBe('0'.repeat(16));
      }
      expect(readStatus(found.init, 'Seccomp_filters')).toBe('2');
      expect(readStatus(found.init, 'CapBnd')).toBe('0'.repeat(16));
      process.kill(findMarked(kept)[0] ?? Number.NaN);
    });
    await running;
  });
});

/** Starts a service whose template cannot be started. */
async function expectOutage(settings: Record<string, string>, reason: string): Promise<void> {
  const service = await startService({ BRIG_ISOLATION: 'template', ...settings });
  try {
    expect(service.service.health()).toMatchObject({
      status: 'unhealthy',
      reason: expect.stringContaining(reason),
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
  }
}

it('is missing where its outer jail cannot be started: an outage with its reason, and never one of another kind instead', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brig-no-template-'));
  const wrapper = join(folder, 'nsjail');
  const own = findNsjail(undefined);
  writeFileSync(wrapper, `#!/bin/sh\ncase "$*" in */template.cfg*) exit 1 ;; esac\nexec ${own} "$@"\n`, {
    mode: 0o755,
  });
  try {
    await expectOutage({ BRIG_NSJAIL: wrapper }, 'could not be started');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
