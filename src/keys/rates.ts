import type { RateLimiterMemory } from 'rate-limiter-flexible';
import type { ApiKey } from './key-set.ts';
import type { Rate } from './rate.ts';

/** State of a key's rate. */
export interface RateState extends Rate {
  readonly isOver: boolean;
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resets: number;
}

/** Counts the requests of each key, in windows that begin with a key's first request. */
export interface Rates {
  /** Counts one request; returns undefined when the key has no rate. */
  consume(key: ApiKey): Promise<RateState | undefined>;
}

type Limiter = Pick<RateLimiterMemory, 'consume'>;

export async function createRates(): Promise<Rates> {
  // Imported only where keys exist, so that other commands start faster.
  const { RateLimiterMemory, RateLimiterRes } = await import('rate-limiter-flexible');
  /** One limiter per rate: a key whose rate changes starts anew. */
  const limiters = new Map<string, Limiter>();

  const find = ({ requests, seconds }: Rate): Limiter => {
    const name = `${requests}/${seconds}`;
    const known = limiters.get(name) ?? new RateLimiterMemory({ points: requests, duration: seconds });
    limiters.set(name, known);
    return known;
  };

  return {
    consume: async ({ name, rate }) => {
      if (rate === undefined) return undefined;
      // Rejects with the same figures for a key over its rate.
      const { isOver, result } = await find(rate)
        .consume(name)
        .then(
          (figures) => ({ isOver: false, result: figures }),
          (figures: unknown) => ({ isOver: true, result: figures }),
        );
      if (!(result instanceof RateLimiterRes)) throw result;
      const { remainingPoints: remaining, msBeforeNext } = result;
      return { ...rate, isOver, remaining, resets: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
    },
  };
}
