import { createFairQueue, type Turn } from './fair-queue.ts';

export interface ByteBudgetOptions {
  /** Maximum bytes of all callers together. */
  readonly capacity: number;
  /** Longest wait for bytes, in seconds. */
  readonly maxWait?: number;
}

/** Share of one request in the budget, until it is disposed of. */
export interface Hold extends Disposable {
  /**
   * Waits for bytes before they arrive. @throws Refusal `overloaded`; otherwise the reason of the aborted signal.
   */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
  /**
   * Counts bytes that exist already, even without room for them: the caller runs nothing more until there is room.
   */
  owe(bytes: number): void;
}

/**
 * Bytes of requests and answers in memory. A caller may hold as many as it leaves free: one caller gets half of all,
 * two get a third each, and a newcomer always finds some. Bodies take their announced size at once, because bodies
 * that each wait for room for the rest would wait for each other.
 */
export interface ByteBudget {
  readonly used: number;
  hold(queueKey: string): Hold;
  /** Whether a caller's debt leaves room for more answers. */
  mayRun(queueKey: string): boolean;
  /** Calls `listener` whenever a caller that could not run may be able to. */
  onRelease(listener: () => void): void;
}

/** Bytes that a caller may hold whatever others do; enough for most requests and answers. */
const ALWAYS = 256 * 1024;
/** Maximum number of requests that wait for bytes: each costs a connection and its buffers in the kernel. */
const MOST_WAITING = 1000;
const MAX_WAIT_SECONDS = 5;

export function createByteBudget({ capacity, maxWait = MAX_WAIT_SECONDS }: ByteBudgetOptions): ByteBudget {
  const owed = new Map<string, number>();
  const listeners = new Set<() => void>();
  const queue = createFairQueue({
    fits: ({ weight, held, used }) => held + weight <= Math.max(capacity - used, ALWAYS),
    waitingRoom: MOST_WAITING,
    maxWait,
    retryAfter: () => maxWait,
    describe: () => 'The bodies and answers under way leave no room for this one.',
  });

  const count = (queueKey: string, bytes: number): void => {
    const now = (owed.get(queueKey) ?? 0) + bytes;
    if (now === 0) owed.delete(queueKey);
    else owed.set(queueKey, now);
  };

  const hold = (queueKey: string): Hold => {
    const turns: Turn[] = [];
    let owes = 0;
    let isOver = false;
    return {
      take: async (bytes, signal) => {
        const turn = await queue.enter(queueKey, { weight: bytes, signal });
        if (isOver) turn[Symbol.dispose]();
        else turns.push(turn);
      },
      owe: (bytes) => {
        if (isOver) return;
        turns.push(queue.seize(queueKey, bytes));
        owes += bytes;
        count(queueKey, bytes);
      },
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        count(queueKey, -owes);
        for (const turn of turns) turn[Symbol.dispose]();
        for (const listener of listeners) listener();
      },
    };
  };

  return {
    get used() {
      return queue.used;
    },
    hold,
    mayRun: (queueKey) => (owed.get(queueKey) ?? 0) <= Math.max(capacity - queue.used, ALWAYS),
    onRelease: (listener) => listeners.add(listener),
  };
}
