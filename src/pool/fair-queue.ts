import { Refusal } from '../core/refusal.ts';

/** What a queue hands out; disposing of it lets the next one in. */
export interface Turn extends Disposable {
  /** How long it was waited for, in milliseconds. */
  readonly waitedMs: number;
}

/** Somebody who wants units of what is scarce, and what is given out at that moment. */
export interface Ask {
  readonly caller: string;
  readonly weight: number;
  /** Most units that its caller has at once. */
  readonly share: number;
  /** Units that its caller has. */
  readonly held: number;
  /** Units that all callers have. */
  readonly used: number;
}

/** Why somebody is sent away. */
export interface Overload {
  readonly why: 'full' | 'late' | 'closing';
  readonly waiting: number;
  /** The caller's own, where that is all taken. */
  readonly share: number | undefined;
}

export interface FairQueueOptions {
  /** Whether units may be given out now. It must become true for whoever waits once others have given enough back. */
  readonly fits: (ask: Ask) => boolean;
  /** Requests that may wait, of all callers together. */
  readonly waitingRoom: number;
  /** Longest wait, in seconds. */
  readonly maxWait: number;
  /** For people: a sentence. */
  readonly describe: (overload: Overload) => string;
  /** Seconds after which who is sent away may try again. */
  readonly retryAfter: (waiting: number) => number;
}

export interface EnterOptions {
  /** Ends the wait; `enter` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** When the request came, by `performance.now()`: the longest wait counts from then. */
  readonly arrival?: number | undefined;
  /** Longest wait of this request, in seconds, where it is not the usual one. */
  readonly maxWait?: number | undefined;
  /** Most units that this caller has at once; without one, as many as there are. */
  readonly share?: number | undefined;
  /** Units that are wanted; 1 where it is left out. */
  readonly weight?: number | undefined;
}

/**
 * A queue before something scarce, in which callers take turns: however many requests one has waiting, another's first
 * one is next. Each caller's own requests stay in their order. A line whose first one may not start is passed
 * over; a full room makes way for a caller with fewer requests in it.
 */
export interface FairQueue {
  /** Units that are given out. */
  readonly used: number;
  readonly waiting: number;
  heldBy(caller: string): number;
  /**
   * @param caller whose request it is: requests of the same caller share one line.
   * @throws Refusal `overloaded` where the waiting room is full or the wait too long; the signal's reason where it aborts.
   */
  enter(caller: string, options?: EnterOptions): Promise<Turn>;
  /** Units that are gone already, whether or not they fit: those who wait feel it. */
  seize(caller: string, weight: number): Turn;
  /** To be called when something that `fits` looks at has changed, other than what the queue gave out. */
  look(): void;
  /** Refuses those who wait and those who come; resolves when all units are given back. */
  close(): Promise<void>;
}

/** One request in the waiting room. */
interface Wait {
  readonly caller: string;
  readonly weight: number;
  readonly share: number;
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

export function createFairQueue(options: FairQueueOptions): FairQueue {
  /** In the order of turns: the first caller is served next and then goes to the end. */
  let lines = new Map<string, Wait[]>();
  /** Units of each caller that has any. */
  const held = new Map<string, number>();
  let used = 0;
  let turns = 0;
  let waiting = 0;
  let closing: PromiseWithResolvers<void> | undefined;

  const heldBy = (caller: string): number => held.get(caller) ?? 0;

  const fits = ({ caller, weight, share }: Omit<Ask, 'held' | 'used'>): boolean =>
    options.fits({ caller, weight, share, held: heldBy(caller), used });

  const overloaded = (why: Overload['why'], share?: number): Refusal =>
    new Refusal('overloaded', options.describe({ why, waiting, share }), {
      retryAfter: options.retryAfter(waiting),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  const count = (caller: string, weight: number): void => {
    used += weight;
    turns += Math.sign(weight);
    const now = heldBy(caller) + weight;
    if (now === 0) held.delete(caller);
    else held.set(caller, now);
  };

  const give = (caller: string, weight: number, waitedMs: number): Turn => {
    let isBack = weight === 0;
    count(caller, weight);
    return {
      waitedMs,
      [Symbol.dispose]: () => {
        if (isBack) return;
        isBack = true;
        count(caller, -weight);
        look();
        if (turns === 0) closing?.resolve();
      },
    };
  };

  const join = (wait: Wait): void => {
    const line = lines.get(wait.caller);
    if (line !== undefined) return void line.push(wait);
    const all = [...lines];
    // Who has nothing goes before those who have something already.
    const at = heldBy(wait.caller) > 0 ? -1 : all.findIndex(([caller]) => heldBy(caller) > 0);
    lines = new Map(all.toSpliced(at < 0 ? all.length : at, 0, [wait.caller, [wait]]));
  };

  const startNext = (): boolean => {
    for (const [caller, line] of lines) {
      const [first] = line;
      if (first === undefined || !fits(first)) continue;
      lines.delete(caller);
      line.shift();
      if (line.length > 0) lines.set(caller, line);
      first.start();
      return true;
    }
    return false;
  };

  const look = (): void => {
    while (startNext());
  };

  /** Takes a request out of its line, wherever in it it is. */
  const leave = (wait: Wait): void => {
    const line = lines.get(wait.caller);
    const at = line?.indexOf(wait) ?? -1;
    if (line === undefined || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) lines.delete(wait.caller);
  };

  const refuse = (wait: Wait, reason: unknown): void => {
    leave(wait);
    wait.refuse(reason);
    // It may have held up those behind it.
    look();
  };

  /** At the cost of the last request of the caller with the most. */
  const makeRoom = (caller: string, share: number): void => {
    if (waiting < options.waitingRoom) return;
    const [most = []] = [...lines.values()].toSorted((a, b) => b.length - a.length);
    const last = most.at(-1);
    if (last === undefined || most.length <= (lines.get(caller)?.length ?? 0) + 1) {
      throw overloaded('full', heldBy(caller) >= share ? share : undefined);
    }
    refuse(last, overloaded('full'));
  };

  const enter: FairQueue['enter'] = async (
    caller,
    { signal, arrival = performance.now(), maxWait = options.maxWait, share = Infinity, weight = 1 } = {},
  ) => {
    signal?.throwIfAborted();
    if (closing !== undefined) throw overloaded('closing');
    if (!lines.has(caller) && fits({ caller, weight, share })) return give(caller, weight, 0);
    makeRoom(caller, share);
    const { promise, resolve, reject } = Promise.withResolvers<Turn>();
    const since = performance.now();
    waiting += 1;
    const stop = (): void => {
      waiting -= 1;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const wait: Wait = {
      ...{ caller, weight, share },
      start: () => {
        stop();
        resolve(give(caller, weight, performance.now() - since));
      },
      refuse: (reason) => {
        stop();
        reject(reason);
      },
    };
    const onAbort = (): void => refuse(wait, signal?.reason);
    const patience = Math.max(0, arrival + maxWait * 1000 - since);
    const timer = setTimeout(() => refuse(wait, overloaded('late')), patience);
    signal?.addEventListener('abort', onAbort, { once: true });
    join(wait);
    return promise;
  };

  return {
    get used() {
      return used;
    },
    get waiting() {
      return waiting;
    },
    heldBy,
    enter,
    seize: (caller, weight) => give(caller, weight, 0),
    look,
    close: async () => {
      closing ??= Promise.withResolvers();
      for (const wait of [...lines.values()].flat()) refuse(wait, overloaded('closing'));
      if (turns === 0) closing.resolve();
      await closing.promise;
    },
  };
}

/** For what has so many places, of which each caller has at most its share. */
export const fitsPlaces =
  (capacity: number) =>
  ({ weight, share, held, used }: Ask): boolean =>
    used + weight <= capacity && held + weight <= share;

/** Longest that anybody is told to stay away, in seconds. */
const MAX_RETRY_AFTER = 30;

/** What the queue before somebody takes at a guess, within reason. */
export const guessRetry =
  (capacity: number) =>
  (waiting: number): number =>
    Math.min(MAX_RETRY_AFTER, 1 + Math.ceil(waiting / capacity));
