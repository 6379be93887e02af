import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MIB } from '../core/contract/limits.ts';
import { createByteBudget } from './byte-budget.ts';

const CAPACITY = 64 * MIB;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const overloaded = { category: 'overloaded', retryAfter: 5 };

describe('createByteBudget', () => {
  it('gives a caller as much as is left free, and always leaves some for others', async () => {
    const budget = createByteBudget({ capacity: CAPACITY });
    const takeAll = async (caller: string): Promise<number> => {
      const refused = Array.from({ length: 100 }, async () => {
        try {
          await budget.hold(caller).take(MIB);
          return 0;
        } catch (error) {
          expect(error).toMatchObject(overloaded);
          return 1;
        }
      });
      await vi.advanceTimersByTimeAsync(5000);
      const count = (await Promise.all(refused)).reduce<number>((sum, one) => sum + one, 0);
      return 100 - count;
    };
    expect([await takeAll('ada'), await takeAll('bob'), await takeAll('eve')]).toEqual([32, 16, 8]);
    await budget.hold('zoe').take(8 * MIB);
  });

  it('lets those wait for whom there is none, and gives them what comes back', async () => {
    const budget = createByteBudget({ capacity: CAPACITY });
    const first = budget.hold('ada');
    await first.take(CAPACITY);
    const second = budget.hold('ada');
    const waits = second.take(MIB);
    await budget.hold('bob').take(1000);
    first[Symbol.dispose]();
    await waits;
    expect(budget.used).toBe(MIB + 1000);
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(budget.used).toBe(1000);
  });

  it('ends the wait with the reason of a signal, and gives back what came too late', async () => {
    const budget = createByteBudget({ capacity: CAPACITY });
    const all = budget.hold('ada');
    await all.take(CAPACITY);
    const leaving = new AbortController();
    const gone = expect(budget.hold('bob').take(MIB, leaving.signal)).rejects.toThrow('gone');
    leaving.abort(new Error('gone'));
    await gone;
    const late = budget.hold('eve');
    const taken = late.take(MIB);
    late[Symbol.dispose]();
    late.owe(MIB);
    all[Symbol.dispose]();
    await taken;
    expect(budget.used).toBe(0);
  });

  it('lets nobody run whose unread answers leave no room, and tells when they do', () => {
    const budget = createByteBudget({ capacity: CAPACITY });
    const released = vi.fn<() => void>();
    budget.onRelease(released);
    const answers = [1, 2].map(() => budget.hold('ada'));
    for (const answer of answers) answer.owe(40 * MIB);
    expect([budget.mayRun('ada'), budget.mayRun('bob')]).toEqual([false, true]);
    for (const answer of answers) answer[Symbol.dispose]();
    expect(released).toHaveBeenCalledTimes(2);
    expect(budget.mayRun('ada')).toBe(true);
  });

  it('never holds more than there is and what each caller always has', async () => {
    const takes = fc.array(
      fc.record({
        caller: fc.constantFrom('ada', 'bob', 'eve'),
        bytes: fc.integer({ min: 1, max: CAPACITY }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(takes, async (all) => {
        const budget = createByteBudget({ capacity: CAPACITY });
        const holds = all.map(({ caller, bytes }) => {
          const hold = budget.hold(caller);
          hold.take(bytes).catch(() => undefined);
          return hold;
        });
        await vi.advanceTimersByTimeAsync(0);
        expect(budget.used).toBeLessThanOrEqual(CAPACITY + 3 * 256 * 1024);
        await vi.advanceTimersByTimeAsync(5000);
        for (const hold of holds) hold[Symbol.dispose]();
        expect(budget.used).toBe(0);
      }),
    );
  });
});
