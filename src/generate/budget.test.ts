import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { createCallBudget } from './budget.ts';

async function refusalOf(take: () => Promise<void>): Promise<Refusal | undefined> {
  try {
    await take();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

describe('createCallBudget', () => {
  const evening = Date.UTC(2026, 4, 1, 23, 59, 0);

  it('refuses what is beyond it until midnight UTC', async () => {
    let time = evening;
    const budget = createCallBudget(2, 1, () => time);
    await budget.take();
    await budget.take();
    expect(await refusalOf(() => budget.take())).toMatchObject({
      category: 'overloaded',
      retryable: true,
      retryAfter: 60,
    });
    time += 59_999;
    expect((await refusalOf(() => budget.take()))?.retryAfter).toBeCloseTo(0.001);
    time += 1;
    expect(await refusalOf(() => budget.take())).toBeUndefined();
  });

  it('gives no second budget for a clock that is set back', async () => {
    let time = evening;
    const budget = createCallBudget(1, 1, () => time);
    await budget.take();
    time -= 24 * 60 * 60 * 1000;
    expect((await refusalOf(() => budget.take()))?.retryAfter).toBe(24 * 60 * 60 + 60);
  });

  it('has no bound at 0', async () => {
    const budget = createCallBudget(0);
    for (let call = 0; call < 5000; call += 1) await budget.take();
  });

  it('gives one key no more than its share, and the others what it left', async () => {
    let time = evening;
    const budget = createCallBudget(10, 0.5, () => time);
    for (let call = 0; call < 5; call += 1) await budget.take('ada');
    expect(await refusalOf(() => budget.take('ada'))).toMatchObject({
      category: 'overloaded',
      message: expect.stringMatching(/^Your share .* 5,/),
      retryAfter: 60,
    });
    for (let call = 0; call < 4; call += 1) await budget.take('bob');
    await budget.take();
    expect((await refusalOf(() => budget.take('eve')))?.message).toMatch(/^The day's calls/);
    time += 60_000;
    expect(await refusalOf(() => budget.take('ada'))).toBeUndefined();
  });

  it('lets every key make one call, however small its share', async () => {
    const budget = createCallBudget(5, 0);
    for (const key of ['ada', 'bob']) expect(await refusalOf(() => budget.take(key))).toBeUndefined();
    expect((await refusalOf(() => budget.take('ada')))?.category).toBe('overloaded');
  });
});
