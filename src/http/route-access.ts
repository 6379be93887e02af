import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Scope } from '../core/keys.ts';
import type { AppEnv } from './app-env.ts';

/** Who may use a route: everybody, or keys with one of these scopes. */
export type Access = 'everybody' | readonly Scope[];

/** Access by route, as it is registered: `POST /execute`. A route that is missing is for `admin` alone, and a test tells. */
export type AccessTable = Readonly<Record<string, Access>>;

/** Of Brig's own contract. */
export const ownAccess: AccessTable = {
  'GET /live': 'everybody',
  'GET /health': 'everybody',
  'POST /execute': ['execute'],
  'POST /generate-and-execute': ['execute'],
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

export const accessTo = (table: AccessTable, { method, path }: RouteName): Access =>
  table[`${method} ${path}`] ?? ['admin'];

/** Whether what is registered is a route; the rest is middleware, for all that lies below a path. */
export const isRoute = ({ method, path }: RouteName): boolean => method !== 'ALL' || !path.endsWith('*');

/**
 * What a request must be allowed, for each handler that could answer it. Nothing where there is no such route: then any good
 * key may hear of it.
 */
export function wantedAccess(c: Context<AppEnv>, table: AccessTable): readonly Access[] {
  return matchedRoutes(c)
    .filter(isRoute)
    .map((route) => accessTo(table, route));
}

/** Whether a request is for a route that everybody may use, whatever they come with. */
export function isForEverybody(c: Context<AppEnv>, table: AccessTable): boolean {
  const access = wantedAccess(c, table);
  return access.length > 0 && access.every((one) => one === 'everybody');
}
