import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Caller } from '../core/caller.ts';
import { toNetwork } from '../keys/failures.ts';
import type { AppEnv } from './app-env.ts';

/**
 * Whose request it is: its key's, else its address's, as far as a connection tells. Of IPv6 all addresses of a network are one
 * caller: whoever has one of them has as many as they like, and would have as many turns.
 */
export function identifyCaller(c: Context<AppEnv>): Caller {
  const caller = c.get('caller') ?? { line: toNetwork(readAddress(c)) };
  return { ...caller, owe: (bytes) => c.get('hold')?.owe(bytes) };
}

/** How a request asks for what all share: in its caller's line, for as long as the caller is there. */
export const askingOf = (c: Context<AppEnv>) => ({
  caller: identifyCaller(c).line,
  signal: c.get('disconnect'),
});

/** Where a request comes from. All without an address (a test's) share one. */
export function readAddress(c: Context<AppEnv>): string {
  // Only a request that came over a socket has bindings.
  if (!isServed(c.env)) return '';
  return getConnInfo(c).remote.address ?? '';
}

const isServed = (env: unknown): boolean => typeof env === 'object' && env !== null && 'incoming' in env;
