import { describe, expect, it, vi } from 'vitest';
import { JailFailure, bareJob, type Job, type SessionTerms } from '../../sandbox.ts';
import { fakeJail, limits } from './fake-jail.test-support.ts';
import { followJail, killJail } from './live.ts';
import { openSession } from './open-session.ts';

const jobOf = (script: string, mode: SessionTerms['mode'] = 'cell'): Job => ({
  ...bareJob,
  script,
  entry: { kind: 'script', argsJson: '[]', file: undefined },
  session: { mode, number: 1 },
});

/** Reads what the service sends, and answers each job with the next frames. */
function start(options: Parameters<typeof fakeJail>[0] = {}) {
  const jail = fakeJail(options);
  const { parts, send, greet, request } = jail;
  const life = followJail(
    parts,
    () => undefined,
    (effect) => {
      if (effect.type === 'kill') killJail(parts);
    },
  );
  const answers: (() => void)[] = [];
  let sent = '';
  request.on('data', (chunk: Buffer) => {
    sent += chunk.toString('latin1');
    if (!sent.endsWith('G\0\0\0\0')) return;
    const opening = sent.lastIndexOf('H\0\0\0\x12');
    send('t', Buffer.from(sent.slice(opening + 7, opening + 23), 'latin1'));
    answers.shift()?.();
  });
  greet();
  return { ...jail, life, answers, sent: () => sent, report: (text = 'null') => send('r', text) };
}

async function open() {
  const jail = start();
  jail.answers.push(jail.report);
  const session = await openSession(jail.parts, jail.life, jobOf('', 'files'), {});
  return { ...jail, session };
}

const display = (head: object, ...parts: readonly string[]): Buffer => {
  const text = Buffer.from(JSON.stringify(head));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length);
  return Buffer.concat([size, text, ...parts.map((part) => Buffer.from(part))]);
};

describe('openSession', () => {
  it('runs one job after the other on one stream, and ends nothing', async () => {
    const { session, answers, report, print, send, kill, sent } = await open();
    const shown = vi.fn();
    answers.push(() => {
      print('one');
      send('v', display({ main: true, parts: [{ type: 'text/plain', bytes: 1, json: false }] }, '5'));
      report();
    });
    const first = await session.run(jobOf('5'), { limits, onDisplay: shown });
    expect(first).toMatchObject({ stop: undefined, report: { kind: 'result' }, stdout: { text: 'one' } });
    expect(first.displays).toEqual([
      { main: true, data: { 'text/plain': { kind: 'text', text: '5' } }, omitted: {} },
    ]);
    expect(shown).toHaveBeenCalledTimes(1);
    answers.push(report);
    expect((await session.run(jobOf('6'), { limits })).displays).toEqual([]);
    expect(kill).not.toHaveBeenCalled();
    expect(session.isReady()).toBe(true);
    expect(sent().split('B\0\0\0').length).toBe(4);
  });

  it('believes no refusal once a script has run', async () => {
    const { session, answers, send, kill, life } = await open();
    const secret = life.secret();
    answers.push(() => send('u', Buffer.concat([Buffer.alloc(16), Buffer.from('because')])));
    const evidence = await session.run(jobOf('1'), { limits });
    expect(evidence.stop).toMatchObject({ reason: 'protocol' });
    expect(kill).toHaveBeenCalled();
    expect(session.isReady()).toBe(false);
    expect(secret).not.toEqual(Buffer.alloc(16));
    await expect(session.run(jobOf('1'), { limits })).rejects.toThrow(JailFailure);
    expect(await session.lost).toBe('ended');
  });

  it('takes nothing of an earlier job for the outcome of a later one', async () => {
    const { session, answers, report, send, kill } = await open();
    answers.push(() => {
      // The script ends its own job; what the harness says of it comes with the next one.
      report('"forged"');
      send('v', display({ main: true, parts: [] }));
      report('"real"');
    });
    expect((await session.run(jobOf('1'), { limits })).report).toMatchObject({ json: '"forged"' });
    answers.push(report);
    const next = await session.run(jobOf('2'), { limits });
    expect(next.stop ?? next.report).not.toMatchObject({ json: '"real"' });
    for (const forged of [Buffer.alloc(16), Buffer.alloc(3)]) {
      const other = await open();
      other.answers.push(() => other.send('t', forged));
      expect((await other.session.run(jobOf('3'), { limits })).stop).toMatchObject({ reason: 'protocol' });
      expect(other.kill).toHaveBeenCalled();
    }
    expect(kill.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('interrupts at a limit, and takes what the script says then for no outcome', async () => {
    const { session, answers, report, interrupt, kill, send } = await open();
    interrupt.mockImplementation(() => report());
    answers.push(() => setTimeout(() => send('s'), 30));
    const evidence = await session.run(jobOf('while True: pass'), { limits: { ...limits, timeout: 0.01 } });
    expect(evidence).toMatchObject({ stop: { reason: 'deadline' }, report: undefined });
    expect(interrupt).toHaveBeenCalledTimes(1);
    expect(kill).not.toHaveBeenCalled();
    expect(session.isReady()).toBe(true);
  });

  it('ends the jail of a script that does not end at its interrupt', async () => {
    vi.useFakeTimers();
    try {
      const { session, answers, interrupt, kill, send } = await open();
      answers.push(() => send('s'));
      const running = session.run(jobOf('x'), { limits: { ...limits, timeout: 1 } });
      await vi.advanceTimersByTimeAsync(2999);
      expect([interrupt.mock.calls.length, kill.mock.calls.length]).toEqual([1, 0]);
      await vi.advanceTimersByTimeAsync(1);
      expect(await running).toMatchObject({ stop: { reason: 'deadline' } });
      expect(session.isReady()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('interrupts a flood, and for a caller that goes away', async () => {
    const { session, answers, report, print, interrupt, send } = await open();
    interrupt.mockImplementation(() => report());
    answers.push(() => {
      send('s');
      for (let count = 0; count < 17; count += 1) print('x'.repeat(1 << 20));
    });
    const flooded = await session.run(jobOf('x'), { limits });
    expect(flooded).toMatchObject({ stop: { reason: 'flood', stream: 'stdout' } });
    const left = new AbortController();
    answers.push(() => {
      send('s');
      left.abort(new Error('gone'));
    });
    await expect(session.run(jobOf('x'), { limits, signal: left.signal })).rejects.toThrow('gone');
    expect(interrupt).toHaveBeenCalledTimes(2);
    expect(session.isReady()).toBe(true);
    await expect(session.run(jobOf('x'), { limits, signal: left.signal })).rejects.toThrow('gone');
  });

  it('runs one job at a time', async () => {
    const { session, answers, report } = await open();
    answers.push(() => undefined);
    const running = session.run(jobOf('1'), { limits });
    expect(session.isReady()).toBe(false);
    await expect(session.run(jobOf('2'), { limits })).rejects.toThrow('one job at a time');
    report();
    await running;
  });

  it('tells by the kernel of a jail that ended for memory', async () => {
    const { session, leaf, usage, end } = await open();
    leaf.readUsage.mockReturnValue({ ...usage, oomKills: 1 });
    end();
    expect(await session.lost).toBe('memory');
    expect(session.isReady()).toBe(false);
  });

  it('does not begin where the first job fails', async () => {
    const jail = start();
    jail.answers.push(() => jail.send('e', JSON.stringify({ kind: 'exited', code: 1 })));
    await expect(openSession(jail.parts, jail.life, jobOf(''), {})).rejects.toThrow(
      'The session could not be started.',
    );
    const late = start();
    late.end();
    await late.parts.process.closed;
    await expect(openSession(late.parts, late.life, jobOf(''), {})).rejects.toThrow(JailFailure);
  });

  it('freezes where the leaf can, and does not mind one that is gone', async () => {
    const { session } = await open();
    expect(session.canFreeze).toBe(false);
    session.freeze();
    session.thaw();
    const jail = start();
    const freeze = vi.fn(() => {
      throw new Error('gone');
    });
    jail.answers.push(jail.report);
    const parts = { ...jail.parts, leaf: { ...jail.leaf, freeze } };
    const frozen = await openSession(parts, jail.life, jobOf('', 'files'), {});
    expect(frozen.canFreeze).toBe(true);
    frozen.freeze();
    frozen.thaw();
    expect(freeze.mock.calls).toEqual([[true], [false]]);
  });
});
