import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { succeed } from './app.test-support.ts';
import { createRunOnce } from './run-once.ts';

const claim = { queueKey: '127.0.0.1', key: 'k', digest: 'd' };
const never = new AbortController().signal;

/** Creates a run that ends on request, and counts its starts. */
function holdRun() {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const signals: AbortSignal[] = [];
  const start = (signal: AbortSignal): Promise<Outcome> => {
    signals.push(signal);
    signal.addEventListener('abort', () => reject(new Error('aborted')));
    return promise;
  };
  return { start, signals, resolve, reject };
}

describe('createRunOnce', () => {
  it('runs once, for those who wait and for those who come later', async () => {
    const once = createRunOnce();
    const { start, signals, resolve } = holdRun();
    const both = [once.run(claim, never, start), once.run(claim, never, start)];
    resolve(succeed('1'));
    const answers = [...(await Promise.all(both)), await once.run(claim, never, start)];
    expect(answers.map(({ isReplay }) => isReplay)).toEqual([false, true, true]);
    expect(new Set(answers.map(({ outcome }) => outcome)).size).toBe(1);
    expect(signals).toHaveLength(1);
  });

  it('tells callers and keys apart, and refuses another body', async () => {
    const once = createRunOnce();
    const { start, signals, resolve } = holdRun();
    resolve(succeed('1'));
    const running = once.run(claim, never, start);
    const refused = { category: 'invalid_input', message: expect.stringMatching('another body') };
    await expect(once.run({ ...claim, digest: 'e' }, never, start)).rejects.toMatchObject(refused);
    await running;
    await expect(once.run({ ...claim, digest: 'e' }, never, start)).rejects.toMatchObject(refused);
    await once.run({ ...claim, queueKey: '127.0.0.2', digest: 'e' }, never, start);
    await once.run({ ...claim, key: 'l', digest: 'e' }, never, start);
    expect(signals).toHaveLength(3);
  });

  it('ends a run only when all who waited are gone, and then runs anew', async () => {
    const once = createRunOnce();
    const first = holdRun();
    const leaving = [new AbortController(), new AbortController()] as const;
    const waiting = leaving.map(({ signal }) => once.run(claim, signal, first.start));
    const ends = Promise.allSettled(waiting);
    leaving[0].abort('gone');
    await expect(waiting[0]).rejects.toBe('gone');
    expect(first.signals[0]?.aborted).toBe(false);
    leaving[1].abort('gone too');
    expect(first.signals[0]?.aborted).toBe(true);
    const second = holdRun();
    second.resolve(succeed('2'));
    expect(await once.run(claim, never, second.start)).toMatchObject({ isReplay: false });
    await ends;
    expect(await once.run(claim, never, second.start)).toMatchObject({ isReplay: true });
  });

  it('gives the outcome to the second when the first has left', async () => {
    const once = createRunOnce();
    const { start, resolve } = holdRun();
    const leaving = new AbortController();
    const left = once.run(claim, leaving.signal, start).catch((reason: unknown) => reason);
    const stays = once.run(claim, never, start);
    leaving.abort('gone');
    resolve(succeed('1'));
    expect([await left, (await stays).outcome.success]).toEqual(['gone', true]);
  });

  it.each([
    [new Refusal('overloaded', 'x'), 2],
    [new Refusal('sandbox_unavailable', 'x'), 2],
    [new Error('ours'), 2],
    [new Refusal('forbidden', 'x'), 1],
  ])('remembers a refusal only where another try is in vain: %s', async (reason, runs) => {
    const once = createRunOnce();
    const { start, signals, reject } = holdRun();
    reject(reason);
    await expect(once.run(claim, never, start)).rejects.toBe(reason);
    await expect(once.run(claim, never, start)).rejects.toBe(reason);
    expect(signals).toHaveLength(runs);
  });

  it('forgets: after its time, and beyond its number and its bytes', async () => {
    const large = succeed(`"${'x'.repeat(10_000)}"`);
    for (const bounds of [{ ttl: 1 }, { maxOutcomes: 1 }, { maxBytes: 30_000 }]) {
      const once = createRunOnce(bounds);
      const { start, signals, resolve } = holdRun();
      resolve(large);
      await once.run(claim, never, start);
      await once.run({ ...claim, key: 'other' }, never, start);
      await sleep(20);
      await once.run(claim, never, start);
      expect(signals).toHaveLength(3);
    }
  });

  it('forgets nothing of one caller for what another has remembered', async () => {
    const once = createRunOnce({ maxOutcomes: 10 });
    const { start, signals, resolve } = holdRun();
    resolve(succeed('1'));
    await once.run({ ...claim, queueKey: 'ada' }, never, start);
    for (let key = 0; key < 50; key += 1)
      await once.run({ ...claim, queueKey: 'mallory', key: String(key) }, never, start);
    const { isReplay } = await once.run({ ...claim, queueKey: 'ada' }, never, start);
    expect([isReplay, signals.length]).toEqual([true, 51]);
  });

  it('counts a file that is returned by its bytes', async () => {
    const bytes = new Uint8Array(10_000_000);
    const file = { path: 'a', bytes, size: bytes.length, encoding: 'base64', media_type: 'x/y' } as const;
    const once = createRunOnce({ maxOutcomes: 2, maxBytes: 10_100_000 });
    const { start, signals, resolve } = holdRun();
    resolve({ ...succeed('1'), files: [file] });
    await once.run(claim, never, start);
    await once.run(claim, never, start);
    expect(signals).toHaveLength(1);
    await once.run({ ...claim, key: 'other' }, never, start);
    await once.run(claim, never, start);
    expect(signals).toHaveLength(3);
  });
});
