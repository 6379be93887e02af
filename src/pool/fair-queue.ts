import { Refusal } from '../core/contract/refusal.ts';
import { createUnits, type Turn } from './units.ts';
import { createWaitingQueues, type Waiting, type Wanted } from './waiting-queues.ts';

export type { Turn } from './units.ts';

/** Units that a request asks for, and the units in use at that moment. */
export interface Ask extends Wanted {
  /** Units in use by its caller. */
  readonly held: number;
  /** Units in use by all callers. */
  readonly used: number;
}

/** Reason for a refusal. `waiting` counts the requests that wait. */
export interface Overload {
  readonly why: 'full' | 'late' | 'closing';
  readonly waiting: number;
  /** Share of the caller, when all of it is in use. */
  readonly share: number | undefined;
}

export interface FairQueueOptions {
  /**
   * Whether units may be handed out now. Must become true for every waiting request once others have returned enough.
   */
  readonly fits: (ask: Ask) => boolean;
  /** Maximum number of requests that wait, of all callers together. */
  readonly waitingRoom: number;
  /** Longest wait, in seconds. */
  readonly maxWait: number;
  /** Describes a refusal in a sentence for people. */
  readonly describe: (overload: Overload) => string;
  /** Returns the seconds after which a refused caller may try again. */
  readonly retryAfter: (waiting: number) => number;
}

export interface EnterOptions {
  /** Ends the wait; `enter` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Arrival of the request, by `performance.now()`, from which the longest wait counts. */
  readonly arrival?: number | undefined;
  /** Longest wait of this request, in seconds; the queue's by default. */
  readonly maxWait?: number | undefined;
  /** Maximum number of units of this caller at once; unlimited by default. */
  readonly share?: number | undefined;
  /** Units that the request asks for; 1 by default. */
  readonly weight?: number | undefined;
}

/**
 * Queue in front of a scarce resource, in which callers take turns: however many requests of one caller wait, the first
 * of another is next. Requests of one caller stay in their order. A caller whose first request may not start is passed
 * over; a full waiting room makes way for a caller with fewer requests in it.
 */
export interface FairQueue {
  /** Units in use. */
  readonly used: number;
  readonly waiting: number;
  heldBy(queueKey: string): number;
  /**
   * Waits for a turn.
   * @param queueKey key of the caller's queue: requests with the same key wait in order.
   * @throws Refusal `overloaded` when the waiting room is full or the wait too long; otherwise the reason of the
   * aborted signal.
   */
  enter(queueKey: string, options?: EnterOptions): Promise<Turn>;
  /** Counts units that are in use already, whether or not they fit. Waiting requests wait longer for it. */
  seize(queueKey: string, weight: number): Turn;
  /** Starts the requests that now may; call it when `fits` may have changed for a reason outside the queue. */
  look(): void;
  /** Refuses waiting and new requests; resolves when all units are returned. */
  close(): Promise<void>;
}

export function createFairQueue(options: FairQueueOptions): FairQueue {
  const queues = createWaitingQueues();
  const units = createUnits(() => {
    look();
    if (units.turns === 0) closing?.resolve();
  });
  let closing: PromiseWithResolvers<void> | undefined;

  const fits = ({ queueKey, weight, share }: Wanted): boolean =>
    options.fits({ queueKey, weight, share, held: units.heldBy(queueKey), used: units.used });

  const overloaded = (why: Overload['why'], share?: number): Refusal =>
    new Refusal('overloaded', options.describe({ why, waiting: queues.size, share }), {
      retryAfter: options.retryAfter(queues.size),
      suggestions: ['Send the request again after the seconds in Retry-After.'],
    });

  const look = (): void => {
    for (let next = queues.takeNext(fits); next !== undefined; next = queues.takeNext(fits)) next.start();
  };

  const refuse = (waiting: Waiting, reason: unknown): void => {
    queues.leave(waiting);
    waiting.refuse(reason);
    // It may have held up later requests of its caller.
    look();
  };

  /** Makes room for a request by refusing the last one of the caller with the most. @throws Refusal `overloaded` */
  const makeRoom = ({ queueKey, share }: Wanted): void => {
    if (queues.size < options.waitingRoom) return;
    const longest = queues.longest();
    const last = longest.at(-1);
    if (last === undefined || longest.length <= queues.lengthOf(queueKey) + 1) {
      throw overloaded('full', units.heldBy(queueKey) >= share ? share : undefined);
    }
    refuse(last, overloaded('full'));
  };

  const enter: FairQueue['enter'] = async (
    queueKey,
    { signal, arrival = performance.now(), maxWait = options.maxWait, share = Infinity, weight = 1 } = {},
  ) => {
    const wanted = { queueKey, weight, share };
    signal?.throwIfAborted();
    if (closing !== undefined) throw overloaded('closing');
    if (queues.lengthOf(queueKey) === 0 && fits(wanted)) return units.give(queueKey, weight, 0);
    makeRoom(wanted);
    const { waiting, turn } = waitForTurn(wanted, {
      ...{ signal, until: arrival + maxWait * 1000 },
      give: (waitedMs) => units.give(queueKey, weight, waitedMs),
      onLate: () => refuse(waiting, overloaded('late')),
      onAbort: () => refuse(waiting, signal?.reason),
    });
    queues.join(waiting, (other) => units.heldBy(other) > 0);
    return turn;
  };

  return {
    get used() {
      return units.used;
    },
    get waiting() {
      return queues.size;
    },
    heldBy: units.heldBy,
    enter,
    seize: (queueKey, weight) => units.give(queueKey, weight, 0),
    look,
    close: async () => {
      closing ??= Promise.withResolvers();
      for (const waiting of queues.list()) refuse(waiting, overloaded('closing'));
      if (units.turns === 0) closing.resolve();
      await closing.promise;
    },
  };
}

interface WaitOptions {
  readonly signal: AbortSignal | undefined;
  /** End of the wait, by `performance.now()`. */
  readonly until: number;
  readonly give: (waitedMs: number) => Turn;
  readonly onLate: () => void;
  readonly onAbort: () => void;
}

/** Creates a request that waits until it is started or refused; its timer and its listener end then. */
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

/** Creates the rule for a fixed number of places, of which each caller has at most its share. */
export const fitsPlaces =
  (capacity: number) =>
  ({ weight, share, held, used }: Ask): boolean =>
    used + weight <= capacity && held + weight <= share;

/** Highest `Retry-After`, in seconds. */
const MAX_RETRY_AFTER = 30;

/** Guesses the seconds that the present queue takes, at a second for each round of places, within a bound. */
export const guessRetry =
  (capacity: number) =>
  (waiting: number): number =>
    Math.min(MAX_RETRY_AFTER, 1 + Math.ceil(waiting / capacity));
