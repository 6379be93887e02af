export interface MakerOptions<T> {
  readonly create: (signal: AbortSignal) => Promise<T>;
  /** Aborted when nothing is to be made any more. */
  readonly signal: AbortSignal;
  /** Maximum number of items made for the shelf at the same time. */
  readonly makersAtOnce: number;
  /** Whether there is time to make an item that nobody waits for. */
  readonly hasSpareTime: () => boolean;
  /** Returns how many items are wanted beyond those that are ready or being made. */
  readonly countMissing: () => number;
  /** Returns how many callers wait. */
  readonly countAwaited: () => number;
  /** @param ms duration of making it. */
  readonly onMade: (item: T, ms: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Makes the items of a pool. */
export interface Makers {
  /** Returns how many are being made. */
  count(): number;
  /** Makes an item for a new caller, if fewer are being made than callers wait. */
  serve(): void;
  /** Makes the items missing on the shelf, if there is time. */
  refill(): void;
  /**
   * The same a moment later: making an item takes the event loop and a core from the present caller, whose work is
   * mostly done by then.
   */
  refillLater(): void;
  /** Resolves when nothing is being made any more. */
  stop(): Promise<void>;
}

const REFILL_DELAY_MS = 15;
/** Milliseconds after a failure during which nothing is made ahead. */
const REST_MS = 1000;
/** The longest of these times; each failure in a row doubles it. */
const MOST_REST_MS = 15_000;

export function createMakers<T>(options: MakerOptions<T>): Makers {
  const { signal } = options;
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let restTimer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  let rest = REST_MS;

  const makeOne = async (): Promise<void> => {
    const start = performance.now();
    try {
      const item = await options.create(signal);
      rest = REST_MS;
      options.onMade(item, performance.now() - start);
    } catch (error) {
      takeRest();
      options.onFailure(error);
    }
  };
  /** The failure may last: waiting callers are told at once, and the shelf is refilled more and more slowly. */
  const takeRest = (): void => {
    restUntil = performance.now() + rest;
    clearTimeout(restTimer);
    // Nobody else may come, who would have it refilled.
    restTimer = setTimeout(refill, rest + 1).unref();
    if (signal.aborted) clearTimeout(restTimer);
    rest = Math.min(2 * rest, MOST_REST_MS);
  };
  const make = (): void => {
    const maker = makeOne().finally(() => {
      running.delete(maker);
      refill();
    });
    running.add(maker);
  };
  const refill = (): void => {
    if (signal.aborted || performance.now() < restUntil) return;
    while (running.size - options.countAwaited() < options.makersAtOnce) {
      if (running.size >= options.countMissing() || !options.hasSpareTime()) return;
      make();
    }
  };

  return {
    count: () => running.size,
    serve: () => {
      if (running.size < options.countAwaited()) make();
    },
    refill,
    refillLater: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        refill();
      }, REFILL_DELAY_MS).unref();
    },
    stop: async () => {
      clearTimeout(timer);
      clearTimeout(restTimer);
      await Promise.all([...running]);
    },
  };
}
