import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { Refusal } from '../core/contract/refusal.ts';
import type { AppEnv } from './app-env.ts';
import { createDenier, type DenierOptions } from './deny.ts';

/**
 * Bounds the requests of one key at once, from its authentication until the answer is sent, so that a key has no more
 * connections than an address.
 */
export function boundCallers(most: number, options: DenierOptions): MiddlewareHandler<AppEnv> {
  const underWay = new Map<string, number>();
  const deny = createDenier(options);
  return async (c, next) => {
    const { key, queueKey } = c.get('caller') ?? {};
    const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
    // Only requests from a socket hold a connection.
    if (queueKey === undefined || outgoing === undefined) return next();
    const count = underWay.get(queueKey) ?? 0;
    if (count >= most) {
      const refusal = tooMany(key ?? '', most);
      return deny(c, { reason: 'too_many_at_once', refusal, ...(key !== undefined && { key }) });
    }
    underWay.set(queueKey, count + 1);
    outgoing.once('close', () => {
      const left = (underWay.get(queueKey) ?? 1) - 1;
      if (left === 0) underWay.delete(queueKey);
      else underWay.set(queueKey, left);
    });
    return next();
  };
}

const tooMany = (key: string, most: number): Refusal =>
  new Refusal('rate_limited', `The API key "${key}" has ${most} requests under way already.`, {
    retryAfter: 1,
    suggestions: ['Wait for some of them to be answered.'],
  });
