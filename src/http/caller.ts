import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Caller } from '../core/contract/caller.ts';
import { toNetwork } from '../keys/to-network.ts';
import type { AppEnv } from './app-env.ts';

/**
 * Returns the caller of a request, by its key, else by its address. All IPv6 addresses of a network are one caller:
 * whoever has one of them has any number, and would have as many turns.
 */
export function identifyCaller(c: Context<AppEnv>): Caller {
  const caller = c.get('caller') ?? { queueKey: toNetwork(readAddress(c)) };
  return { ...caller, owe: (bytes) => c.get('hold')?.owe(bytes) };
}

/** Returns the options of an execution that are those of its request. */
export const orderOf = (c: Context<AppEnv>) => ({
  caller: identifyCaller(c),
  signal: c.get('disconnect'),
  requestId: c.get('requestId'),
  traceparent: c.get('trace'),
});

/** Returns the caller and signal with which a request asks for shared resources. */
export const askingOf = (c: Context<AppEnv>) => ({
  queueKey: identifyCaller(c).queueKey,
  signal: c.get('disconnect'),
});

/** Returns the address of a request; empty without a connection (in a test). */
export function readAddress(c: Context<AppEnv>): string {
  // Only requests from a socket have bindings.
  if (!isServed(c.env)) return '';
  return getConnInfo(c).remote.address ?? '';
}

const isServed = (env: unknown): boolean => typeof env === 'object' && env !== null && 'incoming' in env;
