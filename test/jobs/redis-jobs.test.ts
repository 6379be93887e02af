import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../src/core/contract/refusal.ts';
import type { Job, JobOrder, Jobs } from '../../src/jobs/jobs.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { createHand, openJobs, orderOf, outcomeOf } from './hand.ts';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
beforeEach(() => redis.command('FLUSHALL'));

const never = new AbortController().signal;
const submitOne = async (jobs: Jobs, order: JobOrder): Promise<Job> => {
  const [job] = await jobs.submit([order]);
  if (job === undefined) throw new Error('no job');
  return job;
};
const end = (jobs: Jobs, { id }: Job, owner = 'ada'): Promise<Job> =>
  jobs.wait(owner, id, { seconds: 30, signal: never });
const until = (check: () => unknown): Promise<void> =>
  vi.waitFor(
    async () => {
      if ((await check()) !== true) throw new Error('not yet');
    },
    { timeout: 30_000, interval: 20 },
  );

const many = (count: number): JobOrder[] => Array.from({ length: count }, () => orderOf('a'));
const randomText = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(33 + Math.random() * 90)).join('');

/** Opens jobs, and waits until Redis can be used. */
async function open(...args: Parameters<typeof openJobs> extends [string, ...infer Rest] ? Rest : never) {
  const opened = await openJobs(redis.url, ...args);
  await until(() => opened.link.fault === undefined);
  return opened;
}

describe('jobs in Redis', () => {
  it('runs a job, and keeps its outcome until its retention is over', async () => {
    const hand = createHand();
    await using opened = await open({ hand });
    const { jobs } = opened;
    const job = await submitOne(jobs, orderOf('a', { retention: 1 }));
    expect(job).toMatchObject({ durable: true });
    await until(() => hand.find('a') !== undefined);
    expect(await jobs.get('ada', job.id)).toMatchObject({ state: 'running', attempts: 1 });
    const waited = end(jobs, job);
    hand.finish('a');
    expect(await waited).toMatchObject({ state: 'done', outcome: { success: true, stdout: 'a' } });
    await until(() =>
      jobs.get('ada', job.id).catch((error: Error) => error.message === 'There is no such job.'),
    );
    const keys = (await redis.command('KEYS', 'brig:1:*')) as string[];
    expect(keys).toEqual(['brig:1:{jobs}:tally']);
  });

  it('shows another service the same jobs, and nobody those of another', async () => {
    const hand = createHand();
    await using one = await open({ hand });
    await using two = await open({ places: 0 });
    const { id } = await submitOne(two.jobs, orderOf('a'));
    await until(() => hand.find('a') !== undefined);
    const watching = two.jobs.wait('ada', id, { seconds: 30, signal: never });
    hand.finish('a');
    expect(await watching).toMatchObject({ state: 'done' });
    expect(await one.jobs.list('ada', { state: 'done', most: 500 })).toMatchObject([{ id, state: 'done' }]);
    expect(await one.jobs.list('bob', { most: 500 })).toEqual([]);
    const bob = [
      () => two.jobs.get('bob', id),
      () => two.jobs.cancel('bob', id),
      () => two.jobs.wait('bob', id, { seconds: 1, signal: never }),
      async () => await two.jobs.watch('bob', id, 0, never)[Symbol.asyncIterator]().next(),
    ];
    for (const act of bob) await expect(act()).rejects.toThrow('There is no such job.');
  });

  it('lists a part, and goes on where a list ended', async () => {
    await using one = await open({ places: 0 });
    for (const script of ['a', 'b', 'c']) await submitOne(one.jobs, orderOf(script));
    const all = (await one.jobs.list('ada', { most: 500 })).map(({ id }) => id);
    expect(all).toHaveLength(3);
    const first = await one.jobs.list('ada', { most: 2 });
    const rest = await one.jobs.list('ada', { most: 2, before: first.at(-1)?.id });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(all);
    await expect(one.jobs.list('ada', { most: 2, before: 'x' })).rejects.toThrow('There is no such job.');
  });

  it('lets owners take turns, the highest priority of each first, within its share', async () => {
    const hand = createHand();
    await using waiting = await open({ places: 0 });
    await waiting.jobs.submit([orderOf('a1'), orderOf('a2'), orderOf('a3', { priority: 5 })]);
    await waiting.jobs.submit([orderOf('b1', {}, { owner: 'bob' })]);
    await using _running = await open({ hand });
    for (let count = 1; count <= 4; count += 1) {
      await until(() => hand.underWay.length === 1);
      hand.finish(hand.underWay[0]?.script ?? '');
      await until(() => hand.started.length > count || count === 4);
    }
    expect(hand.started).toEqual(['a3', 'b1', 'a1', 'a2']);
  });

  it('starts no more of an owner than its share, on all hosts together', async () => {
    const [first, second] = [createHand(), createHand()];
    await using one = await open({ hand: first, places: 2 });
    await using _two = await open({ hand: second, places: 2 });
    const own = { share: 1 };
    await one.jobs.submit([orderOf('a1', {}, own), orderOf('a2', {}, own), orderOf('a3', {}, own)]);
    const started = () => [...first.started, ...second.started];
    await one.jobs.submit([orderOf('b1', {}, { owner: 'bob' })]);
    await until(() => started().includes('b1') && started().includes('a1'));
    expect(started()).toHaveLength(2);
    for (const script of ['a1', 'a2', 'a3']) {
      await until(() => started().includes(script));
      for (const hand of [first, second]) hand.finish(script);
    }
    await until(async () => (await one.jobs.list('ada', { state: 'done', most: 500 })).length === 3);
  });

  it('waits for a delay, and expires what waits too long', async () => {
    const hand = createHand();
    await using opened = await open({ hand });
    const late = await submitOne(opened.jobs, orderOf('late', { delay: 0.5 }));
    expect(late.state).toBe('delayed');
    const short = await submitOne(opened.jobs, orderOf('short', { delay: 60, expires_in: 0.3 }));
    expect(await end(opened.jobs, short)).toMatchObject({ state: 'expired', outcome: { error: 'expired' } });
    await until(() => hand.find('late') !== undefined);
    const waiting = await submitOne(opened.jobs, orderOf('waiting', { expires_in: 0.2 }));
    expect((await end(opened.jobs, waiting)).state).toBe('expired');
    hand.finish('late');
    expect(await end(opened.jobs, late)).toMatchObject({ state: 'done', attempts: 1 });
    expect(hand.started).toEqual(['late']);
  });

  it('cancels what waits and what runs on another host; whoever was first wins', async () => {
    const hand = createHand();
    await using worker = await open({ hand });
    await using door = await open({ places: 0 });
    const runs = await submitOne(door.jobs, orderOf('runs'));
    await until(() => hand.find('runs') !== undefined);
    const waits = await submitOne(door.jobs, orderOf('waits'));
    expect(await door.jobs.cancel('ada', waits.id)).toMatchObject({
      state: 'cancelled',
      outcome: { error: 'cancelled' },
    });
    const running = hand.find('runs');
    expect((await door.jobs.cancel('ada', runs.id)).state).toBe('cancelled');
    await until(() => running?.options.signal?.aborted);
    const done = await submitOne(door.jobs, orderOf('done'));
    await until(() => hand.find('done') !== undefined);
    hand.finish('done');
    await end(door.jobs, done);
    expect(await worker.jobs.cancel('ada', done.id)).toMatchObject({ state: 'done' });
    expect((await worker.jobs.get('ada', runs.id)).state).toBe('cancelled');
  });

  it('tries again where there is no place, and ends what can never run', async () => {
    const ends: unknown[] = [
      new Refusal('overloaded', 'full', { retryAfter: 0 }),
      outcomeOf('a'),
      new Refusal('forbidden', 'no'),
      new Error('a bug'),
    ];
    await using opened = await open({
      execute: async () => {
        const one = ends.shift();
        if (one instanceof Error) throw one;
        return one as ReturnType<typeof outcomeOf>;
      },
    });
    const { jobs, faults } = opened;
    expect(await end(jobs, await submitOne(jobs, orderOf('a')))).toMatchObject({
      state: 'done',
      attempts: 2,
    });
    expect((await end(jobs, await submitOne(jobs, orderOf('b')))).outcome).toMatchObject({
      error: 'forbidden',
    });
    const { outcome } = await end(jobs, await submitOne(jobs, orderOf('c')));
    expect(outcome).toMatchObject({ error: 'internal_error' });
    expect(JSON.stringify(outcome)).not.toContain('a bug');
    expect(faults).toHaveLength(1);
  });

  it.each([
    [false, 2],
    [true, 1],
  ])('starts a script again whose machine failed, unless at_most_once is %s', async (once, starts) => {
    let count = 0;
    await using opened = await open({
      execute: async (_plan, options) => {
        count += 1;
        options?.onStart?.({ id: '', timings: { analysis: 0, queue: 0, jail: 0 } });
        throw new Refusal('sandbox_unavailable', 'the machine failed');
      },
    });
    const job = await submitOne(opened.jobs, orderOf('a', { at_most_once: once }));
    expect(await end(opened.jobs, job)).toMatchObject({ state: 'lost', outcome: { error: 'lost' } });
    expect(count).toBe(starts);
  });

  it('makes repeated orders with one key one job, for each owner', async () => {
    const hand = createHand();
    await using opened = await open({ hand, places: 5 });
    const { jobs } = opened;
    const first = await submitOne(jobs, orderOf('a', {}, { key: 'k' }));
    const same = await Promise.all(
      Array.from({ length: 5 }, () => submitOne(jobs, orderOf('a', {}, { key: 'k' }))),
    );
    expect(new Set(same.map(({ id }) => id))).toEqual(new Set([first.id]));
    expect((await submitOne(jobs, orderOf('a', {}, { key: 'k', owner: 'bob' }))).id).not.toBe(first.id);
    await expect(jobs.submit([orderOf('b', {}, { key: 'k', digest: 'other' })])).rejects.toThrow(
      'another body',
    );
    await until(() => hand.underWay.length === 2);
    expect(hand.started).toEqual(['a', 'a']);
  });

  it('takes all of a batch or none, and leaves others room', async () => {
    await using opened = await open({ places: 0, mostJobs: 10, mostBytes: 600_000 });
    const { jobs } = opened;
    await expect(jobs.submit(many(11))).rejects.toThrow('no room for more');
    expect(await jobs.list('ada', { most: 500 })).toEqual([]);
    await jobs.submit(many(5));
    await expect(jobs.submit(many(1))).rejects.toThrow('no room for more jobs');
    await submitOne(jobs, orderOf('b', {}, { owner: 'bob' }));
    const random = randomText(200_000);
    const large = Array.from({ length: 4 }, () => orderOf(random, {}, { owner: 'eve' }));
    await expect(jobs.submit(large)).rejects.toThrow(Refusal);
  });

  it('forgets the oldest outcomes first where there is no room', async () => {
    await using opened = await open({
      execute: async () => outcomeOf(randomText(80_000)),
      mostBytes: 300_000,
    });
    const ended: Job[] = [];
    for (const script of ['a', 'b', 'c', 'd', 'e'])
      ended.push(await end(opened.jobs, await submitOne(opened.jobs, orderOf(script))));
    const kept = await opened.jobs.list('ada', { most: 500 });
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(5);
    expect(kept.map(({ id }) => id)).toEqual(
      ended
        .slice(-kept.length)
        .map(({ id }) => id)
        .toReversed(),
    );
  });

  it('streams states and output on every host, and goes on where a reader left', async () => {
    const hand = createHand();
    await using _worker = await open({ hand });
    await using door = await open({ places: 0 });
    const { id } = await submitOne(door.jobs, orderOf('a'));
    const read = async (after: number) => {
      const events = [];
      for await (const { id: number, event, data } of door.jobs.watch('ada', id, after, never))
        events.push([number, event, data]);
      return events;
    };
    const live = read(0);
    await until(() => hand.find('a') !== undefined);
    void hand.find('a')?.options.onOutput?.('stdout', Buffer.from('h\u00e9').subarray(0, 2));
    void hand.find('a')?.options.onOutput?.('stdout', Buffer.from('h\u00e9').subarray(2));
    hand.finish('a');
    const all = [
      [1, 'state', { state: 'queued', attempts: 0 }],
      [2, 'state', { state: 'running', attempts: 1 }],
      [3, 'stdout', { text: 'h' }],
      [4, 'stdout', { text: '\u00e9' }],
      [5, 'state', { state: 'done', attempts: 1 }],
    ];
    expect(await live).toEqual(all);
    expect(await read(3)).toEqual(all.slice(3));
    expect(await read(99)).toEqual(all);
  });

  it('drops the oldest events beyond 64 KiB, and says how many', async () => {
    const hand = createHand();
    await using opened = await open({ hand });
    const { id } = await submitOne(opened.jobs, orderOf('a'));
    await until(() => hand.find('a') !== undefined);
    for (let count = 0; count < 40; count += 1)
      void hand.find('a')?.options.onOutput?.('stdout', Buffer.from('x'.repeat(10_000)));
    hand.finish('a');
    const events = [];
    for await (const event of opened.jobs.watch('ada', id, 0, never)) events.push(event);
    const skipped = events.find(({ event }) => event === 'skipped');
    expect(skipped).toBeDefined();
    expect(events.at(-1)?.data).toEqual({ state: 'done', attempts: 1 });
    expect(events.at(-1)?.id).toBe(43);
    expect(events.filter(({ event }) => event === 'stdout').length).toBeLessThan(8);
  });

  it('bounds who waits and watches', async () => {
    await using opened = await open({ places: 0, mostWatchers: 3 });
    const { id } = await submitOne(opened.jobs, orderOf('a'));
    const left = new AbortController();
    const all = [1, 2].map(() =>
      opened.jobs.wait('ada', id, { seconds: 30, signal: left.signal }).catch(() => 'left'),
    );
    await until(() =>
      opened.jobs.wait('ada', id, { seconds: 0.01, signal: never }).then(
        () => false,
        (error: Error) => error.message.startsWith('Too many'),
      ),
    );
    left.abort();
    expect(await Promise.all(all)).toEqual(['left', 'left']);
  });
});
