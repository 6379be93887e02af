export interface MakerOptions<T> {
  readonly create: (signal: AbortSignal) => Promise<T>;
  /** Aborted when nothing is to be made any more. */
  readonly signal: AbortSignal;
  /** Most that are made at the same time for the shelf. */
  readonly makersAtOnce: number;
  /** Whether there is time to make one that nobody waits for. */
  readonly hasSpareTime: () => boolean;
  /** How many are wanted beside those that are there, made or being made. */
  readonly countMissing: () => number;
  /** How many takers wait. */
  readonly countAwaited: () => number;
  /** @param ms how long it took. */
  readonly onMade: (item: T, ms: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Makes what a pool gives out. */
export interface Makers {
  /** How many are being made. */
  count(): number;
  /** Makes one for a taker who has just come, where fewer are being made than takers wait. */
  serve(): void;
  /** Makes what is missing on the shelf, where there is time for it. */
  refill(): void;
  /** The same a moment later: making one takes the event loop and a core from the taker, and most are done by then. */
  refillLater(): void;
  /** Resolves when nothing is being made any more. */
  stop(): Promise<void>;
}

const REFILL_DELAY_MS = 15;
/** After a failure nothing is made ahead for so long. */
const REST_MS = 1000;

export function createMakers<T>(options: MakerOptions<T>): Makers {
  const { signal } = options;
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let restUntil = 0;

  const makeOne = async (): Promise<void> => {
    const start = performance.now();
    try {
      const item = await options.create(signal);
      options.onMade(item, performance.now() - start);
    } catch (error) {
      // Whatever it was may last: those who wait are told at once, the shelf is filled more slowly.
      restUntil = performance.now() + REST_MS;
      options.onFailure(error);
    }
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
      await Promise.all([...running]);
    },
  };
}
