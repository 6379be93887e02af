import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Scope } from '../core/keys.ts';
import type { AppEnv } from './app-env.ts';

/** Who may use a route: everybody, or keys with one of these scopes. */
export type Access = 'everybody' | readonly Scope[];

/** Of every route, as it is registered. One that is missing here is for `admin` alone, and a test tells. */
export const routeAccess: Readonly<Record<string, Access>> = {
  'GET /live': 'everybody',
  'GET /health': 'everybody',
  'POST /execute': ['execute'],
  'POST /generate-and-execute': ['execute'],
  'POST /dialects/code-cantation/execute': ['execute'],
  'POST /dialects/code-executor/execute': ['execute'],
  'GET /dialects/code-executor/health': 'everybody',
  'POST /dialects/secure-python/execute': ['execute'],
  'POST /dialects/secure-python/generate-and-execute': ['execute'],
  'GET /dialects/secure-python/health': 'everybody',
  'POST /dialects/quartermaster/run': ['execute'],
  'GET /dialects/quartermaster/runtimes': ['execute'],
  'GET /dialects/quartermaster/images': ['execute'],
  'POST /dialects/quartermaster/prebuild': ['environments'],
  'GET /dialects/quartermaster/prebuilds': ['environments'],
  'GET /dialects/quartermaster/prebuilds/:tag': ['environments'],
  'DELETE /dialects/quartermaster/prebuilds/:tag': ['environments'],
  'POST /dialects/quartermaster/prebuilds/cleanup': ['environments'],
  'GET /dialects/quartermaster/health': 'everybody',
  'GET /runtimes': ['execute'],
  'POST /mcp': ['execute'],
  'GET /openapi.json': ['execute'],
  'GET /docs': ['execute'],
  'GET /docs/:file': ['execute'],
  'GET /environments': ['execute', 'environments'],
  'GET /environments/:name': ['execute', 'environments'],
  'POST /environments': ['environments'],
  'DELETE /environments': ['environments'],
  'DELETE /environments/:name': ['environments'],
};

export interface RouteName {
  readonly method: string;
  readonly path: string;
}

export const accessTo = ({ method, path }: RouteName): Access =>
  routeAccess[`${method} ${path}`] ?? ['admin'];

/** Whether what is registered is a route; the rest is middleware, for all that lies below a path. */
export const isRoute = ({ method, path }: RouteName): boolean => method !== 'ALL' || !path.endsWith('*');

/**
 * What a request must be allowed, for each handler that could answer it. Nothing where there is no such route: then any good
 * key may hear of it.
 */
export function wantedAccess(c: Context<AppEnv>): readonly Access[] {
  return matchedRoutes(c).filter(isRoute).map(accessTo);
}

/** Whether a request is for a route that everybody may use, whatever they come with. */
export function isForEverybody(c: Context<AppEnv>): boolean {
  const access = wantedAccess(c);
  return access.length > 0 && access.every((one) => one === 'everybody');
}
