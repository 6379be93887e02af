import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobFieldsSchema, type JobFields } from '../core/contract/jobs/job-request.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { planRequest, type ExecutionPlan } from '../core/plan.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { limits } from '../core/contract/limits.test-support.ts';
import type { ExecuteOptions, Executor } from '../executor/executor.ts';
import type { Job, JobOrder, Jobs, ListPart } from './jobs.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { createMemoryJobs } from './memory-jobs.ts';

const rules = { policy: { defaults: limits, ceilings: limits }, scriptBytes: 100_000 };
const planOf = (script: string): ExecutionPlan => planRequest(readRequest(JSON.stringify({ script }), rules));
const order = (
  script: string,
  fields: Partial<JobFields> = {},
  {
    owner = 'ada',
    key = undefined as string | undefined,
    digest = 'd',
    share = undefined as number | undefined,
  } = {},
): JobOrder => ({
  plan: planOf(script),
  fields: jobFieldsSchema.parse(fields),
  caller: { queueKey: owner, share },
  claim: key === undefined ? undefined : { key, digest },
});
const outcomeOf = (script: string): Outcome =>
  ({
    success: true,
    result: '1',
    stdout: script,
    stderr: '',
    return_code: 0,
    execution: {},
    files: [],
  }) as unknown as Outcome;

/** An executor whose executions end when the test says so. */
function createHand() {
  const underWay: {
    readonly script: string;
    readonly options: ExecuteOptions;
    readonly end: PromiseWithResolvers<Outcome>;
  }[] = [];
  const execute: Executor['execute'] = (plan, options = {}) => {
    const end = Promise.withResolvers<Outcome>();
    underWay.push({ script: plan.script, options, end });
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
    options.signal?.addEventListener('abort', () => end.reject(options.signal?.reason));
    return end.promise;
  };
  const finish = (script: string): void => {
    const index = underWay.findIndex((one) => one.script === script);
    const [one] = underWay.splice(index, 1);
    one?.end.resolve(outcomeOf(script));
  };
  return { execute, underWay, finish, scripts: () => underWay.map((one) => one.script) };
}

/** An executor that never has a place for Ada. */
const refuseAda: Executor['execute'] = async (_plan, options) => {
  if (options?.caller?.queueKey === 'ada')
    throw new Refusal('overloaded', 'Your own executions run.', { retryAfter: 60 });
  return outcomeOf('b');
};

const faults: unknown[] = [];
const create = (
  execute: Executor['execute'],
  own: Partial<Parameters<typeof createMemoryJobs>[0]> = {},
): Jobs =>
  createMemoryJobs({
    ...{ execute, places: 1, mostJobs: 100, mostBytes: 10_000_000, mostWatchers: 4 },
    webhooks: createWebhooks({ allow: [], secret: undefined }),
    onFault: (_id, error) => faults.push(error),
    ...own,
  });

const submitOne = async (jobs: Jobs, one: JobOrder): Promise<Job> => {
  const [job] = await jobs.submit([one]);
  if (job === undefined) throw new Error('no job');
  return job;
};
const state = async (jobs: Jobs, { id }: Job, owner = 'ada'): Promise<string> =>
  (await jobs.get(owner, id)).state;
const never = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
  faults.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createMemoryJobs', () => {
  it('runs a job, and keeps its outcome until its retention is over', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    const job = await submitOne(jobs, order('a', { retention: 60 }));
    expect(job).toMatchObject({ state: 'running', durable: false, attempts: 1 });
    expect(job.outcome).toBeUndefined();
    const waited = jobs.wait('ada', job.id, { seconds: 30, signal: never });
    hand.finish('a');
    expect(await waited).toMatchObject({ state: 'done', outcome: { success: true, stdout: 'a' } });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(await state(jobs, job)).toBe('done');
    await vi.advanceTimersByTimeAsync(2000);
    await expect(jobs.get('ada', job.id)).rejects.toThrow('There is no such job.');
  });

  it('shows nobody the jobs of another', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    const { id } = await submitOne(jobs, order('a'));
    const bob = [
      () => jobs.get('bob', id),
      () => jobs.cancel('bob', id),
      () => jobs.wait('bob', id, { seconds: 1, signal: never }),
      async () => jobs.watch('bob', id, 0, never),
    ];
    for (const act of bob) await expect(act()).rejects.toThrow('There is no such job.');
    expect(await jobs.list('bob', { most: 500 })).toEqual([]);
    expect(await jobs.list('ada', { most: 500 })).toHaveLength(1);
    expect(await jobs.list('ada', { state: 'done', most: 500 })).toEqual([]);
  });

  it('lets owners take turns, and each owner its highest priority first', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    await jobs.submit([order('a1'), order('a2'), order('a3', { priority: 5 })]);
    await jobs.submit([order('b1', {}, { owner: 'bob' })]);
    const started: string[] = [];
    while (hand.underWay.length > 0) {
      const [script = ''] = hand.scripts();
      started.push(script);
      hand.finish(script);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(started).toEqual(['a3', 'a1', 'b1', 'a2']);
  });

  it('starts no more of an owner than its share', async () => {
    const hand = createHand();
    const jobs = create(hand.execute, { places: 4 });
    await jobs.submit([order('a1', {}, { share: 1 }), order('a2', {}, { share: 1 })]);
    await jobs.submit([order('b1', {}, { owner: 'bob' })]);
    expect(hand.scripts()).toEqual(['a1', 'b1']);
  });

  it('waits for a delay, and forgets what waits too long', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    const late = await submitOne(jobs, order('late', { delay: 10 }));
    const never2 = await submitOne(jobs, order('never', { delay: 10, expires_in: 5 }));
    expect(late.state).toBe('delayed');
    await vi.advanceTimersByTimeAsync(6000);
    expect((await jobs.get('ada', never2.id)).outcome).toMatchObject({ error: 'expired', retryable: true });
    await vi.advanceTimersByTimeAsync(5000);
    expect(hand.scripts()).toEqual(['late']);
    const waiting = await submitOne(jobs, order('waiting', { expires_in: 3 }));
    await vi.advanceTimersByTimeAsync(4000);
    expect(await state(jobs, waiting)).toBe('expired');
    hand.finish('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(hand.scripts()).toEqual([]);
  });

  it('cancels what waits and what runs; whoever was first wins', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    const runs = await submitOne(jobs, order('runs'));
    const waits = await submitOne(jobs, order('waits'));
    expect(await jobs.cancel('ada', waits.id)).toMatchObject({
      state: 'cancelled',
      outcome: { error: 'cancelled' },
    });
    const [running] = hand.underWay;
    expect((await jobs.cancel('ada', runs.id)).state).toBe('cancelled');
    expect(running?.options.signal?.aborted).toBe(true);
    running?.end.resolve(outcomeOf('runs'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await state(jobs, runs)).toBe('cancelled');
    const done = await submitOne(jobs, order('done'));
    hand.finish('runs');
    hand.finish('done');
    await vi.advanceTimersByTimeAsync(0);
    expect(await jobs.cancel('ada', done.id)).toMatchObject({ state: 'done', outcome: { success: true } });
  });

  it('tries again where there is no place, and ends what can never run', async () => {
    const ends: unknown[] = [
      new Refusal('overloaded', 'full', { retryAfter: 1 }),
      outcomeOf('a'),
      new Refusal('forbidden', 'no'),
      new Error('a bug'),
    ];
    const jobs = create(async () => {
      const end = ends.shift();
      if (end instanceof Error) throw end;
      return end as Outcome;
    });
    const job = await submitOne(jobs, order('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await jobs.get('ada', job.id)).toMatchObject({ state: 'queued', attempts: 1 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await jobs.get('ada', job.id)).toMatchObject({ state: 'done', attempts: 2 });
    const refused = await submitOne(jobs, order('b'));
    await vi.advanceTimersByTimeAsync(0);
    expect((await jobs.get('ada', refused.id)).outcome).toMatchObject({ error: 'forbidden', message: 'no' });
    const faulty = await submitOne(jobs, order('c'));
    await vi.advanceTimersByTimeAsync(0);
    const { outcome } = await jobs.get('ada', faulty.id);
    expect(outcome).toMatchObject({ error: 'internal_error' });
    expect(JSON.stringify(outcome)).not.toContain('a bug');
    expect(faults).toHaveLength(1);
  });

  it.each([
    [false, 2, 'lost'],
    [true, 1, 'lost'],
  ])(
    'runs a script again that was started and lost, unless at_most_once is %s',
    async (once, starts, end) => {
      let count = 0;
      const jobs = create(async (_plan, options) => {
        count += 1;
        options?.onStart?.({ id: '', timings: { analysis: 0, queue: 0, jail: 0 } });
        throw new Refusal('sandbox_unavailable', 'the machine failed');
      });
      const job = await submitOne(jobs, order('a', { at_most_once: once }));
      await vi.advanceTimersByTimeAsync(20_000);
      expect(count).toBe(starts);
      expect(await jobs.get('ada', job.id)).toMatchObject({ state: end, outcome: { error: 'lost' } });
    },
  );

  it('never starts a script with a network twice', async () => {
    let count = 0;
    const jobs = create(async (_plan, options) => {
      count += 1;
      options?.onStart?.({ id: '', timings: { analysis: 0, queue: 0, jail: 0 } });
      throw new Refusal('sandbox_unavailable', 'the machine failed');
    });
    const plain = order('a');
    const job = await submitOne(jobs, { ...plain, plan: { ...plain.plan, network: true } });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(count).toBe(1);
    expect(await state(jobs, job)).toBe('lost');
  });

  it('makes repeated orders with one key one job, for each owner', async () => {
    const hand = createHand();
    const jobs = create(hand.execute, { places: 5 });
    const first = await submitOne(jobs, order('a', {}, { key: 'k' }));
    expect((await submitOne(jobs, order('a', {}, { key: 'k' }))).id).toBe(first.id);
    expect((await submitOne(jobs, order('a', {}, { key: 'k', owner: 'bob' }))).id).not.toBe(first.id);
    await expect(jobs.submit([order('b', {}, { key: 'k', digest: 'other' })])).rejects.toThrow(
      'another body',
    );
    hand.finish('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(await submitOne(jobs, order('a', {}, { key: 'k' }))).toMatchObject({
      id: first.id,
      state: 'done',
    });
  });

  it('takes all of a batch or none, and leaves others room', async () => {
    const hand = createHand();
    const jobs = create(hand.execute, { mostJobs: 10 });
    await expect(jobs.submit(Array.from({ length: 11 }, () => order('a')))).rejects.toThrow(
      'no room for more',
    );
    expect(await jobs.list('ada', { most: 500 })).toEqual([]);
    await jobs.submit(Array.from({ length: 5 }, () => order('a')));
    await expect(jobs.submit([order('a')])).rejects.toThrow('no room for more jobs');
    await submitOne(jobs, order('b', {}, { owner: 'bob' }));
    const large = create(hand.execute, { mostBytes: 600_000 });
    await expect(
      large.submit([
        order('x'.repeat(90_000)),
        order('y'.repeat(90_000)),
        order('z'.repeat(90_000)),
        order('w'.repeat(90_000)),
      ]),
    ).rejects.toThrow('jobs of this size');
  });

  it('forgets the oldest outcomes first where memory is full', async () => {
    const hand = createHand();
    const jobs = create(async (plan) => ({ ...outcomeOf(''), stdout: plan.script.repeat(50_000) }), {
      mostBytes: 350_000,
    });
    const ended: Job[] = [];
    for (const script of ['a', 'b', 'c', 'd', 'e']) {
      ended.push(await submitOne(jobs, order(script)));
      await vi.advanceTimersByTimeAsync(0);
    }
    const kept = await jobs.list('ada', { most: 500 });
    expect(kept.map(({ id }) => id)).toEqual(
      ended
        .slice(-kept.length)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(5);
    expect(hand.underWay).toEqual([]);
  });

  it('lists a part, and goes on where a list ended', async () => {
    const jobs = create(createHand().execute);
    const all = await jobs.submit(Array.from({ length: 5 }, () => order('a')));
    const ids = all.map(({ id }) => id).toReversed();
    const list = async (part: Partial<ListPart>): Promise<string[]> =>
      (await jobs.list('ada', { most: 2, ...part })).map(({ id }) => id);
    expect(await list({})).toEqual(ids.slice(0, 2));
    expect(await list({ before: ids[1] })).toEqual(ids.slice(2, 4));
    expect(await list({ before: ids[0], state: 'queued' })).toEqual(ids.slice(1, 3));
    expect(await list({ before: ids[4] })).toEqual([]);
    await expect(list({ before: 'other' })).rejects.toThrow('There is no such job.');
    await expect(jobs.list('bob', { most: 2, before: ids[0] })).rejects.toThrow('There is no such job.');
  });

  it('holds up no owner for the place that another has not', async () => {
    const jobs = create(refuseAda);
    await submitOne(jobs, order('a'));
    await vi.advanceTimersByTimeAsync(0);
    const job = await submitOne(jobs, order('b', {}, { owner: 'bob' }));
    await vi.advanceTimersByTimeAsync(0);
    expect(await state(jobs, job, 'bob')).toBe('done');
  });

  it("forgets nobody's few outcomes for the many of another", async () => {
    const jobs = create(async (plan) => ({ ...outcomeOf(''), stdout: plan.script.repeat(50_000) }), {
      mostJobs: 20,
    });
    const mine = await submitOne(jobs, order('a', {}, { owner: 'bob' }));
    await vi.advanceTimersByTimeAsync(0);
    // Each of them is smaller.
    for (let count = 0; count < 40; count += 1) {
      await submitOne(jobs, order(''));
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(await state(jobs, mine, 'bob')).toBe('done');
    expect((await jobs.list('ada', { most: 500 })).length).toBeGreaterThan(10);
  });

  it('bounds who waits and watches, and gives each a fair part', async () => {
    const hand = createHand();
    const jobs = create(hand.execute, { mostWatchers: 3 });
    const job = await submitOne(jobs, order('a'));
    const left = new AbortController();
    const first = jobs.wait('ada', job.id, { seconds: 30, signal: left.signal }).catch(() => 'left');
    const second = jobs.watch('ada', job.id, 0, left.signal)[Symbol.asyncIterator]();
    await second.next();
    await expect(jobs.wait('ada', job.id, { seconds: 1, signal: never })).rejects.toThrow('Too many');
    left.abort();
    expect(await first).toBe('left');
    await second.return?.();
    const again = jobs.wait('ada', job.id, { seconds: 1, signal: never });
    await vi.advanceTimersByTimeAsync(1000);
    expect((await again).state).toBe('running');
  });

  it('streams states and output, and goes on where a reader left', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    const { id } = await submitOne(jobs, order('a'));
    const [running] = hand.underWay;
    void running?.options.onOutput?.('stdout', Buffer.from('h\u00e9').subarray(0, 2));
    void running?.options.onOutput?.('stdout', Buffer.from('h\u00e9').subarray(2));
    hand.finish('a');
    const read = async (after: number) => {
      const events = [];
      for await (const { id: number, event, data } of jobs.watch('ada', id, after, never))
        events.push([number, event, data]);
      return events;
    };
    const all = [
      [1, 'state', { state: 'queued', attempts: 0 }],
      [2, 'state', { state: 'running', attempts: 1 }],
      [3, 'stdout', { text: 'h' }],
      [4, 'stdout', { text: '\u00e9' }],
      [5, 'state', { state: 'done', attempts: 1 }],
    ];
    expect(await read(0)).toEqual(all);
    expect(await read(3)).toEqual(all.slice(3));
    expect(await read(99)).toEqual(all);
  });

  it('starts nothing after it is closed', async () => {
    const hand = createHand();
    const jobs = create(hand.execute);
    await jobs.submit([order('a'), order('b')]);
    await jobs.close();
    hand.finish('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(hand.scripts()).toEqual([]);
    await expect(jobs.submit([order('c')])).rejects.toThrow('shutting down');
  });
});
