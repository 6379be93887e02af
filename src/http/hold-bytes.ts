import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import type { ByteBudget } from '../pool/byte-budget.ts';
import type { AppEnv } from './app-env.ts';
import { identifyCaller } from './caller.ts';

/** Lets each request hold bytes of the budget until its answer has left, or nobody is there to take it. */
export function holdBytes(budget: ByteBudget): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const hold = budget.hold(identifyCaller(c).line);
    const release = (): void => hold[Symbol.dispose]();
    c.set('hold', hold);
    const response = findResponse(c);
    response?.once('close', release);
    try {
      await next();
    } finally {
      // Without a connection (a test's) the answer is its taker's.
      if (response === undefined || response.closed) release();
    }
  };
}

/** Only a request that came over a socket has one. */
function findResponse({ env }: Context<AppEnv>): ServerResponse | undefined {
  const given: unknown = env;
  if (typeof given !== 'object' || given === null || !('outgoing' in given)) return undefined;
  return given.outgoing as ServerResponse;
}
