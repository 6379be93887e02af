import { Refusal } from '../core/contract/refusal.ts';
import { createUnits, type Turn } from './units.ts';
import { createWaitingLines, type Waiting, type Wanted } from './waiting-lines.ts';

export type { Turn } from './units.ts';

/** Somebody who wants units of what is scarce, and what is given out at that moment. */
export interface Ask extends Wanted {
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

export function createFairQueue(options: FairQueueOptions): FairQueue {
  const lines = createWaitingLines();
  const units = createUnits(() => {
    look();
    if (units.turns === 0) closing?.resolve();
  });
  let closing: PromiseWithResolvers<void> | undefined;

  const fits = ({ caller, weight, share }: Wanted): boolean =>
    options.fits({ caller, weight, share, held: units.heldBy(caller), used: units.used });

  const overloaded = (why: Overload['why'], share?: number): Refusal =>
    new Refusal('overloaded', options.describe({ why, waiting: lines.size, share }), {
      retryAfter: options.retryAfter(lines.size),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  const look = (): void => {
    for (let next = lines.takeNext(fits); next !== undefined; next = lines.takeNext(fits)) next.start();
  };

  const refuse = (waiting: Waiting, reason: unknown): void => {
    lines.leave(waiting);
    waiting.refuse(reason);
    // It may have held up those behind it.
    look();
  };

  /** At the cost of the last request of the caller with the most. */
  const makeRoom = ({ caller, share }: Wanted): void => {
    if (lines.size < options.waitingRoom) return;
    const longest = lines.longest();
    const last = longest.at(-1);
    if (last === undefined || longest.length <= lines.lengthOf(caller) + 1) {
      throw overloaded('full', units.heldBy(caller) >= share ? share : undefined);
    }
    refuse(last, overloaded('full'));
  };

  const enter: FairQueue['enter'] = async (
    caller,
    { signal, arrival = performance.now(), maxWait = options.maxWait, share = Infinity, weight = 1 } = {},
  ) => {
    const wanted = { caller, weight, share };
    signal?.throwIfAborted();
    if (closing !== undefined) throw overloaded('closing');
    if (lines.lengthOf(caller) === 0 && fits(wanted)) return units.give(caller, weight, 0);
    makeRoom(wanted);
    const { waiting, turn } = waitForTurn(wanted, {
      ...{ signal, until: arrival + maxWait * 1000 },
      give: (waitedMs) => units.give(caller, weight, waitedMs),
      onLate: () => refuse(waiting, overloaded('late')),
      onAbort: () => refuse(waiting, signal?.reason),
    });
    lines.join(waiting, (other) => units.heldBy(other) > 0);
    return turn;
  };

  return {
    get used() {
      return units.used;
    },
    get waiting() {
      return lines.size;
    },
    heldBy: units.heldBy,
    enter,
    seize: (caller, weight) => units.give(caller, weight, 0),
    look,
    close: async () => {
      closing ??= Promise.withResolvers();
      for (const waiting of lines.list()) refuse(waiting, overloaded('closing'));
      if (units.turns === 0) closing.resolve();
      await closing.promise;
    },
  };
}

interface WaitOptions {
  readonly signal: AbortSignal | undefined;
  /** By `performance.now()`. */
  readonly until: number;
  readonly give: (waitedMs: number) => Turn;
  readonly onLate: () => void;
  readonly onAbort: () => void;
}

/** A request that waits until it is started or refused; its timer and its listener end with that. */
function waitForTurn(wanted: Wanted, { signal, until, give, onLate, onAbort }: WaitOptions) {
  const { promise, resolve, reject } = Promise.withResolvers<Turn>();
  const since = performance.now();
  const timer = setTimeout(onLate, Math.max(0, until - since));
  signal?.addEventListener('abort', onAbort, { once: true });
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const waiting: Waiting = {
    ...wanted,
    start: () => {
      stop();
      resolve(give(performance.now() - since));
    },
    refuse: (reason) => {
      stop();
      reject(reason);
    },
  };
  return { waiting, turn: promise };
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
