import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { createAdmission } from './admission.ts';

const refusalOf = async (promise: Promise<unknown>): Promise<Refusal> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('createAdmission', () => {
  it('lets in as many as there are places, and the next when one leaves', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 1, maxWait: 10 });
    const first = await admission.enter('ada');
    const second = admission.enter('ada');
    expect([admission.running, admission.waiting]).toEqual([1, 1]);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    await admission.close();
    expect([admission.running, admission.waiting]).toEqual([0, 0]);
  });

  it('refuses when the waiting room is full, with a time to come back', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 0, maxWait: 10 });
    using _turn = await admission.enter('ada');
    const refusal = await refusalOf(admission.enter('ada'));
    expect(refusal.category).toBe('overloaded');
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
  });

  it('refuses who has waited too long', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 1, maxWait: 0.02 });
    using _turn = await admission.enter('ada');
    expect((await refusalOf(admission.enter('ada'))).category).toBe('overloaded');
    expect(admission.waiting).toBe(0);
  });

  it('counts the wait from the arrival of a request', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 1, maxWait: 10 });
    using _turn = await admission.enter('ada');
    const late = admission.enter('ada', { arrival: performance.now() - 10_000 });
    expect((await refusalOf(late)).category).toBe('overloaded');
  });

  it('lets go of a caller who leaves the queue, and keeps the place of one who left while running', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 5, maxWait: 10 });
    const gone = new AbortController();
    const turn = await admission.enter('ada', { signal: gone.signal });
    const left = new AbortController();
    const waiting = admission.enter('ada', { signal: left.signal });
    left.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    gone.abort();
    expect(admission.running).toBe(1);
    turn[Symbol.dispose]();
    await admission.close();
  });

  it('refuses those who wait when it is closed, and waits for those who run', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 5, maxWait: 10 });
    const turn = await admission.enter('ada');
    const waiting = refusalOf(admission.enter('ada'));
    const closed = admission.close();
    expect((await waiting).category).toBe('overloaded');
    expect((await refusalOf(admission.enter('ada'))).category).toBe('overloaded');
    turn[Symbol.dispose]();
    await closed;
  });

  it('lets callers take turns, whoever has more requests waiting', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 20, maxWait: 10 });
    const served: string[] = [];
    const run = async (caller: string): Promise<void> => {
      using _turn = await admission.enter(caller);
      served.push(caller);
    };
    const first = await admission.enter('ada');
    const runs = [run('ada'), run('ada'), run('ada'), run('ada'), run('bob')];
    first[Symbol.dispose]();
    await Promise.all(runs);
    expect(served.indexOf('bob')).toBeLessThan(2);
  });

  it('makes room in a full waiting room for a caller with fewer requests in it', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 3, maxWait: 10 });
    const first = await admission.enter('ada');
    const greedy = [1, 2, 3].map(() => admission.enter('ada'));
    const bob = admission.enter('bob');
    // The last request of the caller with the most is dropped.
    expect((await refusalOf(greedy[2] ?? Promise.resolve())).category).toBe('overloaded');
    expect((await refusalOf(admission.enter('ada'))).category).toBe('overloaded');
    first[Symbol.dispose]();
    for (const turn of [bob, greedy[0], greedy[1]]) (await turn)?.[Symbol.dispose]();
    await admission.close();
  });

  it('gives a caller no more turns than its share, and the others theirs meanwhile', async () => {
    const admission = createAdmission({ capacity: 3, waitingRoom: 10, maxWait: 10 });
    const ada = () => admission.enter('ada', { share: 1 });
    const first = await ada();
    const [second, third] = [ada(), ada()];
    const others = await Promise.all([admission.enter('bob'), admission.enter('eve', { share: 2 })]);
    expect([admission.running, admission.waiting]).toEqual([3, 2]);
    for (const turn of others) turn[Symbol.dispose]();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const next = await second;
    expect([admission.running, admission.waiting]).toEqual([1, 1]);
    next[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    await admission.close();
    expect([admission.running, admission.waiting]).toEqual([0, 0]);
  });

  it('bounds those who wait for their share as it bounds all others', async () => {
    const admission = createAdmission({ capacity: 3, waitingRoom: 1, maxWait: 10 });
    const first = await admission.enter('ada', { share: 1 });
    const second = refusalOf(admission.enter('ada', { share: 1 }));
    const refused = await refusalOf(admission.enter('ada', { share: 1 }));
    expect(refused).toMatchObject({
      category: 'overloaded',
      message: expect.stringMatching(/^Your share of 1 /),
    });
    const closed = admission.close();
    expect((await second).category).toBe('overloaded');
    first[Symbol.dispose]();
    await closed;
  });
});
