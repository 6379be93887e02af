import { describe, expect, it, vi } from 'vitest';
import { describeShared } from '../../src/composition/open-jobs.ts';
import { Refusal } from '../../src/core/contract/refusal.ts';
import type { Job, Jobs } from '../../src/jobs/jobs.ts';
import { createCommands, nameOf } from '../../src/jobs/redis/commands.ts';
import { packOutcome } from '../../src/jobs/redis/pack.ts';
import { startRedis } from '../support/redis.ts';
import { createHand, openJobs, orderOf, outcomeOf } from './hand.ts';

const never = new AbortController().signal;
const until = (check: () => unknown): Promise<void> =>
  vi.waitFor(
    async () => {
      if ((await check()) !== true) throw new Error('not yet');
    },
    { timeout: 40_000, interval: 20 },
  );
const submitOne = async (jobs: Jobs, ...order: Parameters<typeof orderOf>): Promise<Job> => {
  const [job] = await jobs.submit([orderOf(...order)]);
  if (job === undefined) throw new Error('no job');
  return job;
};
const refused = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'taken',
    (error: unknown) => (error instanceof Refusal ? error.category : 'a fault'),
  );
const end = (jobs: Jobs, { id }: Job): Promise<Job> => jobs.wait('ada', id, { seconds: 40, signal: never });

describe('jobs in Redis, when it fails', () => {
  it('are unavailable while it is away, and go on when it is back', async () => {
    await using redis = await startRedis();
    await redis.kill();
    const hand = createHand();
    await using opened = await openJobs(redis.url, { hand });
    const { jobs, link } = opened;
    expect(await refused(jobs.submit([orderOf('a')]))).toBe('unavailable');
    expect(describeShared(link)).toEqual(['Jobs are not available: Redis cannot be reached.']);
    await redis.start();
    await until(() => link.fault === undefined);
    const job = await submitOne(jobs, 'a');
    const waiting = end(jobs, job);
    waiting.catch(() => undefined);
    await until(() => hand.find('a') !== undefined);
    await redis.kill();
    await until(() => link.fault !== undefined);
    for (const act of [jobs.get('ada', job.id), jobs.cancel('ada', job.id), jobs.list('ada', { most: 500 })])
      expect(await refused(act)).toBe('unavailable');
    // It ends while nobody can be told.
    hand.finish('a');
    await redis.start();
    await until(() => link.fault === undefined);
    expect(await end(jobs, job)).toMatchObject({ state: 'done', attempts: 1, outcome: { stdout: 'a' } });
    expect(hand.started).toEqual(['a']);
    expect(opened.faults).toEqual([]);
    expect(opened.changes).toContain('Redis cannot be reached.');
  });

  it('lose nothing that was acknowledged when it is killed', async () => {
    await using redis = await startRedis();
    await using opened = await openJobs(redis.url, { places: 0 });
    await until(() => opened.link.fault === undefined);
    const jobs: Job[] = [];
    const submitting = (async () => {
      for (let count = 0; ; count += 1) jobs.push(await submitOne(opened.jobs, `script ${count}`));
    })();
    submitting.catch(() => undefined);
    await until(() => jobs.length >= 30);
    await redis.restart();
    expect(await refused(submitting)).toBe('unavailable');
    await until(() => opened.link.fault === undefined);
    const hand = createHand();
    await using _worker = await openJobs(redis.url, {
      execute: async (plan) => outcomeOf(plan.script),
      hand,
    });
    for (const job of jobs) expect((await end(opened.jobs, job)).state).toBe('done');
  });

  it('answer in time while it hangs', async () => {
    await using redis = await startRedis();
    await using opened = await openJobs(redis.url, { places: 0 });
    await until(() => opened.link.fault === undefined);
    const job = await submitOne(opened.jobs, 'a');
    process.kill(redis.pid, 'SIGSTOP');
    expect(await refused(opened.jobs.get('ada', job.id))).toBe('unavailable');
    process.kill(redis.pid, 'SIGCONT');
    await until(async () => (await refused(opened.jobs.get('ada', job.id))) === 'taken');
  });

  it('are refused while it is full, and those that run still end', async () => {
    await using redis = await startRedis();
    const hand = createHand();
    await using opened = await openJobs(redis.url, { hand });
    const { jobs } = opened;
    await until(() => opened.link.fault === undefined);
    const running = await submitOne(jobs, 'a');
    await until(() => hand.find('a') !== undefined);
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await refused(jobs.submit([orderOf('b')]))).toBe('overloaded');
    hand.finish('a');
    expect(await end(jobs, running)).toMatchObject({ state: 'done' });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    const next = await submitOne(jobs, 'c');
    await until(() => hand.find('c') !== undefined);
    hand.finish('c');
    expect((await end(jobs, next)).state).toBe('done');
  });

  it.each([
    [['--maxmemory-policy', 'allkeys-lru'], /^Redis may forget jobs when it is full/],
    [['--replicaof', '127.0.0.1 1'], /is a replica: name the primary/],
  ])('are unavailable where it is started with %j', async (options, sentence) => {
    await using redis = await startRedis(...options);
    await using opened = await openJobs(redis.url, { places: 0 });
    await until(() => opened.changes.some((fault) => sentence.test(fault ?? '')));
    expect(await refused(opened.jobs.submit([orderOf('a')]))).toBe('unavailable');
  });

  it('tell the operator of a Redis without an append-only file', async () => {
    await using redis = await startRedis('--appendonly', 'no');
    await using opened = await openJobs(redis.url, { places: 0 });
    await until(() => opened.link.warnings.length === 1);
    expect(describeShared(opened.link)[0]).toContain('appendonly');
  });
});

describe('jobs whose worker is gone', () => {
  it.each([
    [{}, 'done', 2],
    [{ at_most_once: true }, 'lost', 1],
  ])('with %j end as %s', async (fields, state, attempts) => {
    await using redis = await startRedis();
    const hand = createHand();
    const gone = await openJobs(redis.url, { hand, lease: 1 });
    await until(() => gone.link.fault === undefined);
    const job = await submitOne(gone.jobs, 'a', fields);
    await until(() => hand.find('a') !== undefined);
    // As a process that is killed: nothing is said any more.
    gone.link.close();
    const other = createHand();
    await using opened = await openJobs(redis.url, { hand: other, lease: 1 });
    const ending = until(() => opened.link.fault === undefined).then(() => end(opened.jobs, job));
    if (attempts === 2) {
      await until(() => other.find('a') !== undefined);
      other.finish('a');
    }
    expect(await ending).toMatchObject({ state, attempts });
    await gone[Symbol.asyncDispose]();
    expect((await opened.jobs.get('ada', job.id)).state).toBe(state);
  });

  it('take no outcome of an attempt that does not count any more', async () => {
    await using redis = await startRedis();
    await using opened = await openJobs(redis.url, { places: 0, lease: 60 });
    await until(() => opened.link.fault === undefined);
    const commands = createCommands(opened.link, { mostJobs: 10, mostBytes: 1_000_000 });
    const job = await submitOne(opened.jobs, 'a');
    const name = nameOf('ada', job.id);
    const first = await commands.claim('stopped', 1);
    if (first === undefined) throw new Error('nothing to claim');
    await until(async () => (await commands.sweep(true)).waiting === 1);
    const second = await commands.claim('other', 60_000);
    expect(second).toMatchObject({ name, attempt: 2 });
    expect(await commands.renew(60_000, [first])).toEqual([first]);
    expect(await commands.finish(first, await packOutcome(outcomeOf('first')))).toBe(false);
    await commands.log(first, 0, [['stdout', 'late']]);
    await commands.giveUp(first, 'lose');
    if (second === undefined) throw new Error('nothing to claim');
    expect(await commands.finish(second, await packOutcome(outcomeOf('second')))).toBe(true);
    expect(await commands.finish(second, await packOutcome(outcomeOf('third')))).toBe(false);
    expect(await opened.jobs.cancel('ada', job.id)).toMatchObject({
      state: 'done',
      outcome: { stdout: 'second' },
    });
    const events = [];
    for await (const { data } of opened.jobs.watch('ada', job.id, 0, never)) events.push(data);
    expect(events).not.toContainEqual({ text: 'late' });
  });
});
