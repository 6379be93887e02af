import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bareJob, JailFailure, type Job, type RunOptions } from '../sandbox.ts';
import { openJail } from './jail.ts';
import { fakeJail, limits } from './run/fake-jail.test-support.ts';

const job: Job = {
  ...bareJob,
  script: 'def main(): ...',
  entry: { kind: 'function', name: 'main', argsJson: '[]', kwargsJson: '{}' },
};
const AT = '[I][2026-01-02T03:04:05+0000] pid=7';
const EXITED = `${AT} ([STANDALONE MODE]) exited with status: 3, (PIDs left: 0)`;
const KILLED = `${AT} ([STANDALONE MODE]) terminated with signal: SIGKILL (9), (PIDs left: 0)`;

async function openFake(options: { log?: string } = {}) {
  const fake = fakeJail(options);
  const opening = openJail(fake.parts, undefined);
  fake.greet();
  return { ...fake, jail: await opening };
}

/** Runs a job in a fake jail; `act` plays the jail once the job has been sent. */
async function run(
  act: (fake: Awaited<ReturnType<typeof openFake>>) => void,
  options?: RunOptions,
  changed = job,
) {
  const fake = await openFake();
  const running = fake.jail.run(changed, options);
  act(fake);
  return { fake, running };
}

/** Returns the head of a file, as a jail sends it. */
const name = (size: number, path: string): string => `\0\0\0\0\0\0\0${String.fromCodePoint(size)}${path}`;

const refuseOutput = (): never => {
  throw new Error('no more');
};

describe('openJail', () => {
  it('says what a jail said that ended before it was ready', async () => {
    const fake = fakeJail({ log: '[E][2026] no namespaces' });
    const opening = openJail(fake.parts, undefined);
    fake.print('python: gone\n', 'stderr');
    fake.end();
    await expect(opening).rejects.toMatchObject({
      message: 'The jail could not be started.',
      detail: 'no namespaces; python: gone',
    });
    expect(fake.leaf.giveBack).toHaveBeenCalledOnce();
    expect(fake.parts.release).toHaveBeenCalledOnce();
  });

  it.each([
    ['another version', (fake: Fake) => fake.greet(1), 'the harness has version 1 of it, the service 5'],
    ['no version', (fake: Fake) => fake.send('y', '3.12.1'), 'version NaN'],
    ['an unknown message', (fake: Fake) => fake.send('?'), 'it sent an unknown frame'],
  ])('refuses a jail that speaks %s: the machine failed, and no script', async (_, speak, detail) => {
    const fake = fakeJail();
    const opening = openJail(fake.parts, undefined);
    speak(fake);
    await expect(opening).rejects.toThrow(JailFailure);
    await expect(opening).rejects.toMatchObject({
      message: 'The program in a jail speaks another protocol than the service.',
      detail: expect.stringContaining(detail),
    });
    expect(fake.parts.release).toHaveBeenCalledOnce();
  });

  it('gives up one that is never ready, or not wanted any more', async () => {
    vi.useFakeTimers();
    try {
      const late = fakeJail();
      const opening = openJail(late.parts, undefined);
      const told = expect(opening).rejects.toThrow('No interpreter was ready within 20 s.');
      await vi.advanceTimersByTimeAsync(20_000);
      await told;
      const stop = new AbortController();
      const unwanted = fakeJail();
      const aborted = openJail(unwanted.parts, stop.signal);
      stop.abort(new Error('not wanted'));
      await expect(aborted).rejects.toThrow('not wanted');
      expect(unwanted.kill).toHaveBeenCalled();
      await expect(openJail(fakeJail().parts, stop.signal)).rejects.toThrow('not wanted');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('writes limits to the cgroup only where they change', async () => {
    const { jail, leaf } = await openFake();
    jail.setLimits({ ...limits, timeout: 5 });
    expect(leaf.setLimits).not.toHaveBeenCalled();
    jail.setLimits({ ...limits, memory_mb: 32 });
    expect(leaf.setLimits).toHaveBeenCalledWith({ ...limits, memory_mb: 32, processes: 65 });
    await jail[Symbol.asyncDispose]();
  });

  it('cleans up once', async () => {
    const { jail, leaf, parts } = await openFake();
    const ended = [jail[Symbol.asyncDispose](), jail[Symbol.asyncDispose]()];
    parts.process.kill();
    await Promise.all(ended);
    expect(leaf.giveBack).toHaveBeenCalledOnce();
    expect(parts.release).toHaveBeenCalledOnce();
  });

  it('gives no job to a jail that has spoken, or is gone', async () => {
    const spoken = await openFake();
    spoken.send('r', '1');
    expect(spoken.kill).toHaveBeenCalled();
    await expect(spoken.jail.run(job)).rejects.toThrow('ended before it had a job');
    const gone = await openFake();
    gone.end(KILLED);
    await gone.jail.gone;
    await expect(gone.jail.run(job)).rejects.toThrow(JailFailure);
    await expect(gone.jail.run(job, { signal: AbortSignal.abort(new Error('away')) })).rejects.toThrow(
      'away',
    );
  });
});

type Fake = ReturnType<typeof fakeJail>;

describe('run', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] }),
  );
  afterEach(() => {
    // Every timer of an execution ends with it, except the millisecond for which a pipe rests.
    vi.advanceTimersByTime(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('takes a result, its output, and what the cgroup counted', async () => {
    const { running, fake } = await run(({ print, send }) => {
      print('hello\n');
      send('r', '[1]');
    });
    expect(await running).toMatchObject({
      stop: undefined,
      ending: { kind: 'exit', code: 0 },
      report: { kind: 'result', json: '[1]' },
      stdout: { text: 'hello\n', bytes: 6, truncated: false },
      usage: { cpuMs: 20, memoryPeakBytes: 5 },
    });
    expect(fake.kill).not.toHaveBeenCalled();
    fake.print('late');
  });

  it('takes files after the report, and the figures that were announced', async () => {
    const wants: Job = { ...job, returnFiles: ['*'], figures: { memoryBytes: 1 } };
    const { running } = await run(
      ({ send }) => {
        send('f');
        send('r', '1');
        send('n', name(2, 'a.txt'));
        send('d', 'ok');
        send('o', '{"omitted":[],"omitted_total":0,"complete":true}');
      },
      {},
      wants,
    );
    const { collected } = await running;
    expect(collected?.files.map(({ path }) => path)).toEqual(['a.txt']);
    expect(collected?.complete).toBe(true);
  });

  it('takes the product of a program, and no result that is none', async () => {
    const program = { command: ['/cc'] as const, env: {}, product: { path: 'a.out', mostBytes: 10 } };
    const entry = { kind: 'script', argsJson: '[]', file: undefined } as const;
    const made = await run(({ send }) => send('b', 'ELF'), {}, { ...job, entry, program });
    expect(Buffer.from((await made.running).product ?? []).toString()).toBe('ELF');
    const { running, fake } = await run(({ send }) => send('r', '{'));
    expect(await running).toMatchObject({ stop: { reason: 'protocol' }, report: undefined });
    expect(fake.kill).toHaveBeenCalled();
  });

  it('ends it at the deadline, at a flood, and at a broken frame', async () => {
    const late = await run(() => vi.advanceTimersByTime(10_000));
    expect(await late.running).toMatchObject({ stop: { reason: 'deadline' }, ending: { signal: 9 } });
    const flood = await run(({ print }) => {
      for (let at = 0; at < 17; at += 1) print('x'.repeat(2 ** 20), 'stderr');
    });
    expect(await flood.running).toMatchObject({ stop: { reason: 'flood', stream: 'stderr' } });
    const broken = await run(({ send }) => send('?'));
    expect(await broken.running).toMatchObject({ stop: { reason: 'protocol', detail: 'an unknown frame' } });
    const large = await run(({ send }) => send('r', '1'.repeat(1001)));
    expect(await large.running).toMatchObject({ stop: { reason: 'result_too_large' } });
    const garbled = await run(({ send }) => send('e', '{"kind":"?"}'));
    expect(await garbled.running).toMatchObject({ stop: { reason: 'protocol' } });
  });

  it('takes a refusal of the harness for the machine, and one of a script for its own', async () => {
    const refused = await run(({ send, request }) => {
      const secret = (request.read() as Buffer).subarray(7, 23);
      send('u', Buffer.concat([secret, Buffer.from('the service sent nonsense')]));
    });
    await expect(refused.running).rejects.toMatchObject({
      message: 'The program in a jail speaks another protocol than the service.',
      detail: 'the service sent nonsense',
    });
    expect(refused.fake.kill).toHaveBeenCalled();
    for (const forged of ['', 'no', '\0'.repeat(16)]) {
      const { running } = await run(({ send }) => send('u', forged));
      expect(await running).toMatchObject({ stop: { reason: 'protocol' } });
    }
    const greeted = await run(({ greet }) => greet(2));
    expect(await greeted.running).toMatchObject({ stop: { detail: 'a second greeting' } });
  });

  it('ends it where its CPU time is used up', async () => {
    const fake = await openFake();
    fake.jail.setLimits({ ...limits, cpu_time: 1 });
    const running = fake.jail.run(job);
    fake.leaf.readCpuMs.mockReturnValue(1010);
    vi.advanceTimersByTime(100);
    expect(await running).toMatchObject({ stop: { reason: 'cpu_time' } });
  });

  it('reads the end of a jail without a report from what nsjail says', async () => {
    const { running } = await run(({ end }) => end(EXITED));
    expect(await running).toMatchObject({ ending: { kind: 'exit', code: 3 }, report: undefined });
    const silent = await run(({ end }) => end(''));
    await expect(silent.running).rejects.toThrow('without saying how');
    const clock = await run(({ end }) =>
      end(`${AT} run time >= time limit (6 >= 5) ([STANDALONE MODE]). Killing it`),
    );
    await expect(clock.running).rejects.toThrow('the clock of the host was set');
    const killed = await run(({ end }) => end(KILLED));
    await expect(killed.running).rejects.toThrow('Something on the host killed a script.');
  });

  it('says that memory ran out of a jail that the kernel killed', async () => {
    const { running } = await run(({ end, leaf, usage }) => {
      leaf.readUsage.mockReturnValue({ ...usage, oomKills: 1, wasFull: true });
      end('');
    });
    expect(await running).toMatchObject({ ending: { signal: 9 }, usage: { oomKills: 1 } });
  });

  it('blames the host for a cgroup that is gone or cannot be read', async () => {
    const removed = await run(({ leaf, send }) => {
      leaf.readUsage.mockReturnValue(undefined);
      send('r', '1');
    });
    await expect(removed.running).rejects.toThrow('was removed while it ran');
    const unread = await run(({ leaf, send }) => {
      leaf.readUsage.mockImplementation(() => {
        throw new Error('EMFILE');
      });
      send('r', '1');
    });
    await expect(unread.running).rejects.toThrow(JailFailure);
    const blind = await run(({ leaf }) => {
      leaf.readCpuMs.mockImplementation(() => {
        throw Object.assign(new Error('gone'), { code: 'ENODEV' });
      });
      vi.advanceTimersByTime(50);
    });
    await expect(blind.running).rejects.toThrow('was removed while it ran');
  });

  it('ends with its caller, and with a listener that fails', async () => {
    const away = new AbortController();
    const aborted = await run(() => away.abort(new Error('away')), { signal: away.signal });
    await expect(aborted.running).rejects.toThrow('away');
    expect(aborted.fake.kill).toHaveBeenCalled();
    const failed = await run(({ print }) => print('x'), { onOutput: refuseOutput });
    await expect(failed.running).rejects.toThrow('no more');
  });

  it('waits for a slow listener, and lets what is left be read once the report has come', async () => {
    const took = Promise.withResolvers<void>();
    const heard: string[] = [];
    const onOutput = (_: string, chunk: Uint8Array): Promise<void> => {
      heard.push(Buffer.from(chunk).toString());
      return took.promise;
    };
    const { running, fake } = await run(
      ({ print, send }) => {
        print('a');
        send('r', '1');
        print('b');
      },
      { onOutput },
    );
    expect(fake.parts.process.stdout.pause).toHaveBeenCalledOnce();
    expect(await running).toMatchObject({ report: { kind: 'result' }, stdout: { text: 'ab' } });
    expect(fake.kill).toHaveBeenCalled();
    took.resolve();
    expect(heard).toEqual(['a', 'b']);
  });

  it('believes no script that it was killed by a signal', async () => {
    const { running } = await run(({ send }) => send('e', '{"kind":"signalled","signal":9}'));
    expect(await running).toMatchObject({ stop: { reason: 'protocol' }, report: undefined });
  });
});
