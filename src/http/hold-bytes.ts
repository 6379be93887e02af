import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import type { ByteBudget } from '../pool/byte-budget.ts';
import type { AppEnv } from './app-env.ts';
import { identifyCaller } from './caller.ts';

/** Lets each request hold bytes of the budget until its answer was sent or its connection closed. */
export function holdBytes(budget: ByteBudget): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const hold = budget.hold(identifyCaller(c).queueKey);
    const release = (): void => hold[Symbol.dispose]();
    c.set('hold', hold);
    const response = findResponse(c);
    response?.once('close', release);
    try {
      await next();
    } finally {
      // Without a connection (in a test) the caller of the app takes the answer.
      if (response === undefined || response.closed) release();
    }
  };
}

/** Returns the response of a request from a socket; undefined for others. */
function findResponse({ env }: Context<AppEnv>): ServerResponse | undefined {
  const given: unknown = env;
  if (typeof given !== 'object' || given === null || !('outgoing' in given)) return undefined;
  return given.outgoing as ServerResponse;
}
