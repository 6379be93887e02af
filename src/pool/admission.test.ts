import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/refusal.ts';
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
    const first = await admission.enter();
    const second = admission.enter();
    expect([admission.running, admission.waiting]).toEqual([1, 1]);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    await admission.close();
    expect([admission.running, admission.waiting]).toEqual([0, 0]);
  });

  it('refuses when the waiting room is full, with a time to come back', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 0, maxWait: 10 });
    using _turn = await admission.enter();
    const refusal = await refusalOf(admission.enter());
    expect(refusal.category).toBe('overloaded');
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
  });

  it('refuses who has waited too long', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 1, maxWait: 0.02 });
    using _turn = await admission.enter();
    expect((await refusalOf(admission.enter())).category).toBe('overloaded');
    expect(admission.waiting).toBe(0);
  });

  it('lets go of a caller who leaves the queue, and keeps the place of one who left while running', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 5, maxWait: 10 });
    const gone = new AbortController();
    const turn = await admission.enter(gone.signal);
    const left = new AbortController();
    const waiting = admission.enter(left.signal);
    left.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    gone.abort();
    expect(admission.running).toBe(1);
    turn[Symbol.dispose]();
    await admission.close();
  });

  it('refuses those who wait when it is closed, and waits for those who run', async () => {
    const admission = createAdmission({ capacity: 1, waitingRoom: 5, maxWait: 10 });
    const turn = await admission.enter();
    const waiting = refusalOf(admission.enter());
    const closed = admission.close();
    expect((await waiting).category).toBe('overloaded');
    expect((await refusalOf(admission.enter())).category).toBe('overloaded');
    turn[Symbol.dispose]();
    await closed;
  });
});
