import type { Context, Hono } from 'hono';
import { nearestFirst } from '../core/text/nearest.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { AppEnv } from './app-env.ts';
import { respondRefusal } from './respond-refusal.ts';

/** Longest piece of a path that a message repeats. */
const MOST_PATH = 100;

/** Answers 404 for an unknown route: names the most similar one, then all. */
export function answerNotFound(c: Context<AppEnv>, app: Hono<AppEnv>): Response {
  const { path } = c.req;
  // Leaves out the routes of other systems' contracts, which have a page of their own.
  const routes = app.routes.filter(
    ({ method, path: own }) => method !== 'ALL' && !own.startsWith('/dialects/'),
  );
  const [like = ''] = nearestFirst(path, new Set(routes.map((route) => route.path)));
  const [first] = routes.filter((route) => route.path === like).map(write);
  const shown = path.length > MOST_PATH ? `${path.slice(0, MOST_PATH)}…` : path;
  const refusal = new Refusal('not_found', `There is no route ${shown}.`, {
    suggestions: [`Did you mean ${first ?? like}?`, `Routes: ${[...new Set(routes.map(write))].join(', ')}.`],
  });
  return respondRefusal(c, refusal);
}

const write = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path}`;

/** Answers 405 for a route that takes other methods. */
export function answerWrongMethod(c: Context<AppEnv>, methods: readonly string[]): Response {
  const allow = methods.join(', ');
  const refusal = new Refusal('invalid_input', `${c.req.path} does not take ${c.req.method}.`, {
    suggestions: [`Use ${methods.join(' or ')}.`],
  });
  return respondRefusal(c, refusal, { status: 405, headers: { Allow: allow } });
}
