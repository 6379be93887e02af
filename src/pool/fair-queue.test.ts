import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFairQueue, fitsPlaces, guessRetry, type FairQueue, type Turn } from './fair-queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const CAPACITY = 4;
const queueOf = (waitingRoom = 1000, capacity = CAPACITY): FairQueue =>
  createFairQueue({
    fits: fitsPlaces(capacity),
    waitingRoom,
    maxWait: 10,
    retryAfter: guessRetry(capacity),
    describe: ({ why }) => why,
  });

/** Runs everything that waits for no timer. */
const settle = () => vi.advanceTimersByTimeAsync(0);

const step = fc.oneof(
  fc.record({
    caller: fc.constantFrom('ada', 'bob', 'eve'),
    weight: fc.integer({ min: 1, max: CAPACITY }),
    share: fc.integer({ min: CAPACITY, max: CAPACITY + 1 }),
  }),
  fc.record({ giveBack: fc.nat() }),
);

interface Asked {
  readonly caller: string;
  readonly weight: number;
  readonly at: number;
}

describe('createFairQueue', () => {
  it('never gives out more than there is, nor lets anybody wait for what is free, nor one overtake its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const queue = queueOf();
        const turns: { asked: Asked; turn: Turn }[] = [];
        const waiting: Asked[] = [];
        const served: Asked[] = [];
        for (const [at, one] of steps.entries()) {
          if ('giveBack' in one)
            turns.splice(one.giveBack % (turns.length || 1), 1)[0]?.turn[Symbol.dispose]();
          else {
            const asked = { caller: one.caller, weight: one.weight, at };
            waiting.push(asked);
            void queue.enter(one.caller, one).then((turn) => {
              waiting.splice(waiting.indexOf(asked), 1);
              served.push(asked);
              return turns.push({ asked, turn });
            });
          }
          await settle();
          const used = turns.reduce((sum, { asked }) => sum + asked.weight, 0);
          expect([queue.used, queue.waiting]).toEqual([used, waiting.length]);
          expect(used).toBeLessThanOrEqual(CAPACITY);
          const heads = Map.groupBy(waiting, ({ caller }) => caller)
            .values()
            .map(([head]) => head?.weight ?? 0);
          for (const weight of heads) expect(used + weight).toBeGreaterThan(CAPACITY);
        }
        for (const own of Map.groupBy(served, ({ caller }) => caller).values())
          expect(own.map(({ at }) => at)).toEqual(own.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  it('serves nobody twice while another waits who could be served', async () => {
    const callers = fc.array(fc.constantFrom('ada', 'bob', 'eve', 'zoe'), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(callers, async (order) => {
        const queue = queueOf(1000, 1);
        const first = await queue.enter('first');
        const served: string[] = [];
        const all = order.map(async (caller) => {
          using _turn = await queue.enter(caller);
          served.push(caller);
        });
        first[Symbol.dispose]();
        await Promise.all(all);
        for (const [at, caller] of served.entries()) {
          const next = served.indexOf(caller, at + 1);
          if (next < 0) continue;
          const later = new Set(served.slice(next));
          later.delete(caller);
          // A caller served after the second turn had one between the two.
          for (const other of later) expect(served.slice(at + 1, next)).toContain(other);
        }
      }),
    );
  });

  it('serves whoever has nothing before the next of those who have something', async () => {
    const queue = queueOf(10, 1);
    const served: string[] = [];
    const run = async (caller: string): Promise<void> => {
      using _turn = await queue.enter(caller);
      served.push(caller);
      await settle();
    };
    await Promise.all([run('ada'), run('ada'), run('ada'), run('bob'), run('eve'), run('bob')]);
    expect(served).toEqual(['ada', 'bob', 'eve', 'ada', 'bob', 'ada']);
  });

  it('refuses who waits for too long, and lets those behind it go on', async () => {
    const queue = queueOf();
    using _turn = queue.seize('bob', CAPACITY - 1);
    const large = queue.enter('ada', { weight: 2 });
    const refused = expect(large).rejects.toMatchObject({ category: 'overloaded', message: 'late' });
    await vi.advanceTimersByTimeAsync(5000);
    const small = queue.enter('ada', { weight: 1 });
    expect(queue.waiting).toBe(2);
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
    (await small)[Symbol.dispose]();
    expect(queue.heldBy('ada')).toBe(0);
  });

  it('passes over a caller that has its share, and looks again when it is told to', async () => {
    let mayRun = false;
    const places = fitsPlaces(2);
    const queue = createFairQueue({
      fits: (ask) => places(ask) && (mayRun || ask.queueKey !== 'ada'),
      ...{ waitingRoom: 10, maxWait: 10, retryAfter: () => 1, describe: () => '' },
    });
    const ada = queue.enter('ada');
    (await queue.enter('bob'))[Symbol.dispose]();
    expect(queue.waiting).toBe(1);
    mayRun = true;
    queue.look();
    (await ada)[Symbol.dispose]();
  });

  it('lets what is seized go beyond all there is, and waits for it at the end', async () => {
    const queue = queueOf();
    const seized = queue.seize('ada', CAPACITY + 3);
    const waits = expect(queue.enter('bob')).rejects.toThrow('closing');
    let isClosed = false;
    const closed = queue.close().then(() => (isClosed = true));
    await waits;
    expect(isClosed).toBe(false);
    seized[Symbol.dispose]();
    seized[Symbol.dispose]();
    await closed;
    expect(queue.used).toBe(0);
  });
});
