import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';

/** Whose request it is, as far as a connection tells: its address. All requests without one (a test's) share a line. */
export function identifyCaller(c: Context<AppEnv>): string {
  // Only a request that came over a socket has bindings.
  if (!isServed(c.env)) return '';
  return getConnInfo(c).remote.address ?? '';
}

const isServed = (env: unknown): boolean => typeof env === 'object' && env !== null && 'incoming' in env;
