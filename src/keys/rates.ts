import type { Redis } from 'ioredis';
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

/** Milliseconds in which a Redis that failed is not asked again. */
const PAUSE = 5000;
/** Prefix of what is in Redis. */
const PREFIX = 'brig:1:{rates}';

/**
 * Creates the rates of keys.
 * @param redis store that services share, whose commands fail soon; while it cannot be used, each counts alone.
 */
export async function createRates(redis?: Redis): Promise<Rates> {
  // Imported only where keys exist, so that other commands start faster.
  const { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } = await import('rate-limiter-flexible');
  let pausedUntil = 0;

  const create = ({ requests: points, seconds: duration }: Rate): Limiter => {
    const alone = new RateLimiterMemory({ points, duration });
    if (redis === undefined) return alone;
    const keyPrefix = `${PREFIX}:${points}/${duration}`;
    const shared = new RateLimiterRedis({ storeClient: redis, points, duration, keyPrefix });
    return {
      consume: async (name) => {
        if (performance.now() < pausedUntil) return await alone.consume(name);
        return await shared.consume(name).catch(async (error: unknown) => {
          if (error instanceof RateLimiterRes) throw error;
          pausedUntil = performance.now() + PAUSE;
          return await alone.consume(name);
        });
      },
    };
  };
  /** One limiter per rate: a key whose rate changes starts anew. */
  const limiters = new Map<string, Limiter>();
  const find = (rate: Rate): Limiter => {
    const name = `${rate.requests}/${rate.seconds}`;
    const known = limiters.get(name) ?? create(rate);
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
