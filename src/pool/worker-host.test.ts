import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkerHost, type WorkerJob } from './worker-host.ts';
import { WorkerFailure, type WorkerThread } from './worker-thread.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A fake thread: a test decides its answers and its CPU time. */
class FakeThread implements WorkerThread {
  readonly loading = Promise.withResolvers<void>();
  readonly asked: unknown[] = [];
  answer = Promise.withResolvers<unknown>();
  served = 0;
  cpuMs = 0;
  hasEnded = false;
  readonly ready = this.loading.promise;

  ask(question: unknown): Promise<unknown> {
    if (this.hasEnded) return Promise.reject(new WorkerFailure('ended'));
    this.asked.push(question);
    this.answer = Promise.withResolvers();
    return this.answer.promise;
  }
  measureCpu(): Promise<number> {
    return this.hasEnded ? Promise.reject(new WorkerFailure('ended')) : Promise.resolve(this.cpuMs);
  }
  terminate(): Promise<void> {
    this.end();
    return Promise.resolve();
  }
  give(answer: unknown): void {
    this.served += 1;
    this.answer.resolve(answer);
  }
  end(cause?: unknown): void {
    this.hasEnded = true;
    this.loading.promise.catch(() => undefined);
    this.answer.promise.catch(() => undefined);
    this.loading.reject(new WorkerFailure('ended', cause));
    this.answer.reject(new WorkerFailure('ended', cause));
  }
}

function open({ isReady = true } = {}) {
  const threads: FakeThread[] = [];
  const options = {
    ...{ module: new URL('file:///none'), resourceLimits: {} },
    ...{ idleMs: 1000, waitingRoom: 2, maxWait: 10, busy: 'Too many wait.' },
  };
  const host = createWorkerHost<string, string>(options, () => {
    const thread = new FakeThread();
    if (isReady) thread.loading.resolve();
    threads.push(thread);
    return thread;
  });
  const ask = (question: string, job: Partial<WorkerJob<string>> = {}) => {
    const answer = host.ask({ queueKey: 'ada', question, budgetMs: 100, ...job });
    answer.catch(() => undefined);
    return answer;
  };
  return { host, threads, ask };
}

/** Runs everything that waits for no timer. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a host of one thread', () => {
  it('starts it with the first job, asks one thing at a time, and says what each took', async () => {
    const { threads, ask } = open();
    expect(threads).toHaveLength(0);
    const answers = [ask('a'), ask('b', { queueKey: 'bob' })];
    await settle();
    expect(threads[0]?.asked).toEqual(['a']);
    Object.assign(threads[0] as FakeThread, { cpuMs: 7 });
    threads[0]?.give('A');
    await settle();
    expect(threads[0]?.asked).toEqual(['a', 'b']);
    threads[0]?.give('B');
    expect(await Promise.all(answers)).toEqual([
      { answer: 'A', spentMs: 7 },
      { answer: 'B', spentMs: 0 },
    ]);
    expect(threads).toHaveLength(1);
  });

  it('ends a thread that is idle, and not one that works', async () => {
    const { threads, ask } = open();
    void ask('a');
    await settle();
    threads[0]?.give('A');
    await vi.advanceTimersByTimeAsync(900);
    void ask('b', { budgetMs: 10_000 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(threads[0]?.hasEnded).toBe(false);
    threads[0]?.give('B');
    await vi.advanceTimersByTimeAsync(1000);
    expect(threads[0]?.hasEnded).toBe(true);
    void ask('c');
    await settle();
    expect(threads[1]?.asked).toEqual(['c']);
  });

  it('ends it with a job over its budget, of CPU time; the next job gets another', async () => {
    const { threads, ask } = open();
    const [late, next] = [ask('a'), ask('b')];
    await vi.advanceTimersByTimeAsync(500);
    expect(threads[0]?.hasEnded).toBe(false);
    Object.assign(threads[0] as FakeThread, { cpuMs: 100 });
    await vi.advanceTimersByTimeAsync(100);
    await expect(late).rejects.toMatchObject({ kind: 'over_budget' });
    expect(threads[0]?.hasEnded).toBe(true);
    expect(threads[1]?.asked).toEqual(['b']);
    threads[1]?.give('B');
    expect((await next).answer).toBe('B');
  });

  it('gives up a job that gets no CPU time', async () => {
    const { threads, ask } = open();
    const starved = ask('a');
    await vi.advanceTimersByTimeAsync(2900);
    expect(threads[0]?.hasEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await expect(starved).rejects.toMatchObject({ kind: 'starved' });
    expect(threads[0]?.hasEnded).toBe(true);
  });

  it('refuses who waits too long, and who finds the room full', async () => {
    const { ask } = open();
    void ask('a', { budgetMs: 60_000 });
    const waits = [ask('b', { maxWait: 1 }), ask('c')];
    await expect(ask('d')).rejects.toMatchObject({ category: 'overloaded', message: 'Too many wait.' });
    await vi.advanceTimersByTimeAsync(1000);
    await expect(waits[0]).rejects.toMatchObject({ category: 'overloaded' });
    await vi.advanceTimersByTimeAsync(9000);
    await expect(waits[1]).rejects.toMatchObject({ category: 'overloaded' });
  });
});

describe('a thread that ends', () => {
  it('fails the job that it was started for', async () => {
    const { threads, ask } = open();
    const answer = ask('a');
    await settle();
    threads[0]?.end(new Error('planted'));
    await expect(answer).rejects.toMatchObject({ kind: 'ended', cause: { message: 'planted' } });
    expect(threads).toHaveLength(1);
  });

  it('has the job asked again where an earlier one may be why, unless its memory is gone', async () => {
    const { threads, ask } = open();
    void ask('a');
    await settle();
    threads[0]?.give('A');
    const again = ask('b');
    await settle();
    threads[0]?.end();
    await settle();
    expect(threads[1]?.asked).toEqual(['b']);
    threads[1]?.give('B');
    expect((await again).answer).toBe('B');
    const once = ask('c', { transfer: [] });
    await settle();
    threads[1]?.end();
    await expect(once).rejects.toMatchObject({ kind: 'ended' });
    expect(threads).toHaveLength(2);
  });

  it('is not asked: another is', async () => {
    const { threads, ask } = open();
    void ask('a');
    await settle();
    threads[0]?.give('A');
    await settle();
    threads[0]?.end();
    void ask('b');
    await settle();
    expect(threads.map(({ asked }) => asked)).toEqual([['a'], ['b']]);
  });
});

describe('a job whose caller goes away', () => {
  it('never starts where it waits', async () => {
    const { threads, ask } = open();
    const leaving = new AbortController();
    void ask('a', { budgetMs: 60_000 });
    const waits = ask('b', { signal: leaving.signal });
    await settle();
    leaving.abort(new Error('gone'));
    await expect(waits).rejects.toThrow('gone');
    threads[0]?.give('A');
    await settle();
    expect(threads[0]?.asked).toEqual(['a']);
  });

  it('never starts where it leaves as its turn comes', async () => {
    const { threads, ask } = open();
    const leaving = new AbortController();
    const answer = ask('a', { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
    expect(threads).toHaveLength(0);
  });

  it('leaves a thread that loads to the next one, and ends one that works', async () => {
    const { threads, ask } = open({ isReady: false });
    const [leaving, other] = [new AbortController(), new AbortController()];
    const [first, second] = [ask('a', { signal: leaving.signal }), ask('b', { signal: other.signal })];
    await settle();
    leaving.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    threads[0]?.loading.resolve();
    await settle();
    expect(threads[0]?.asked).toEqual(['b']);
    other.abort(new Error('gone, too'));
    await expect(second).rejects.toThrow('gone, too');
    expect(threads.map(({ hasEnded }) => hasEnded)).toEqual([true]);
  });
});

it('ends what runs and what waits when it closes, twice, and takes nothing more', async () => {
  const { host, threads, ask } = open();
  const answers = [ask('a'), ask('b')];
  await settle();
  await Promise.all([host.close(), host.close()]);
  for (const answer of [...answers, ask('c')]) await expect(answer).rejects.toMatchObject({ kind: 'closed' });
  expect(threads.map(({ hasEnded, asked }) => [hasEnded, asked])).toEqual([[true, ['a']]]);
  expect(vi.getTimerCount()).toBe(0);
  await open().host.close();
});
