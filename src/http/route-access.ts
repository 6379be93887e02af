import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Scope } from '../core/contract/keys.ts';
import type { AppEnv } from './app-env.ts';

/** Callers that may use a route: everybody, or keys with one of these scopes. */
export type Access = 'everybody' | readonly Scope[];

/** Access by registered route: `POST /execute`. A missing route is for `admin` only, and a test reports it. */
export type AccessTable = Readonly<Record<string, Access>>;

/** Access to the routes of Brig's own contract. */
export const ownAccess: AccessTable = {
  // The page holds nothing of the service; the person gives it a key.
  'GET /': 'everybody',
  'GET /playground/:file': 'everybody',
  'GET /live': 'everybody',
  'GET /health': 'everybody',
  'POST /execute': ['execute'],
  'POST /generate-and-execute': ['execute'],
  'GET /metrics': ['metrics'],
  'GET /runtimes': ['execute'],
  'POST /mcp': ['execute'],
  'POST /jobs': ['jobs'],
  'POST /jobs/batch': ['jobs'],
  'GET /jobs': ['jobs'],
  'GET /jobs/:id': ['jobs'],
  'DELETE /jobs/:id': ['jobs'],
  'GET /jobs/:id/events': ['jobs'],
  'POST /sessions': ['sessions'],
  'GET /sessions': ['sessions'],
  'GET /sessions/:id': ['sessions'],
  'DELETE /sessions/:id': ['sessions'],
  'POST /sessions/:id/execute': ['sessions'],
  'POST /sessions/:id/interrupt': ['sessions'],
  'GET /sessions/:id/files': ['sessions'],
  'GET /sessions/:id/files/:path{.+}': ['sessions'],
  'PUT /sessions/:id/files/:path{.+}': ['sessions'],
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

/** True for a route; other handlers are middleware for everything below a path. */
export const isRoute = ({ method, path }: RouteName): boolean => method !== 'ALL' || !path.endsWith('*');

/**
 * Returns the access of each handler that could answer a request. Empty when there is no such route: any valid key
 * gets the 404.
 */
export function wantedAccess(c: Context<AppEnv>, table: AccessTable): readonly Access[] {
  return matchedRoutes(c)
    .filter(isRoute)
    .map((route) => accessTo(table, route));
}

/** True for a request to a route that everybody may use, with or without a key. */
export function isForEverybody(c: Context<AppEnv>, table: AccessTable): boolean {
  const access = wantedAccess(c, table);
  return access.length > 0 && access.every((one) => one === 'everybody');
}
