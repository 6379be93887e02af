import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import type { Executor } from '../../executor/executor.ts';
import { toRefusal, unwrapThrown } from '../answer-error.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import type { BodyThread } from '../body-thread.ts';
import { createCantation } from './code-cantation/routes.ts';
import { createCodeExecutor, type CodeExecutorDefaults } from './code-executor/routes.ts';
import { respondDetail, respondForeignRefusal } from './common/respond.ts';

/** What the operator set for callers of other systems. */
export interface DialectDefaults {
  readonly codeExecutor: CodeExecutorDefaults;
}

export interface DialectOptions {
  readonly executor: Executor;
  readonly rules: RequestRules;
  /** Most bytes of a body. */
  readonly bodyBytes: number;
  readonly bodyThread: BodyThread;
  readonly defaults: DialectDefaults;
}

/** Contracts of other systems, each by the path below which it is spoken. */
const dialects = {
  'code-cantation': createCantation,
  'code-executor': createCodeExecutor,
} as const;

const BASE = '/dialects';

/** Whether a request is meant for a dialect: all that is said there is said in the dialect's shapes. */
export const isForeign = (path: string): boolean =>
  Object.keys(dialects).some((name) => path.startsWith(`${BASE}/${name}/`));

/**
 * Puts the contracts of other systems below `/dialects`.
 * @param authenticate comes before each of their routes.
 */
export function mountDialects(
  app: Hono<AppEnv>,
  options: DialectOptions,
  authenticate?: MiddlewareHandler<AppEnv>,
): void {
  for (const [name, create] of Object.entries(dialects)) {
    if (authenticate !== undefined) app.use(`${BASE}/${name}/*`, authenticate);
    mount(app, `${BASE}/${name}`, create(options));
  }
}

/** Puts one there, with its own answers to what it has no route for. */
export function mount(app: Hono<AppEnv>, base: string, dialect: Hono<AppEnv>): void {
  app.route(base, dialect);
  const prefix = base === '/' ? '' : base;
  for (const path of new Set(dialect.routes.map((route) => `${prefix}${route.path}`)))
    app.all(path, (c) => respondDetail(c, 405, 'Method Not Allowed', { Allow: methodsOf(app, path) }));
  app.all(`${prefix}/*`, (c) => respondDetail(c, 404, 'Not Found'));
}

const methodsOf = (app: Hono<AppEnv>, path: string): string =>
  app.routes
    .filter((route) => route.path === path && route.method !== 'ALL')
    .map(({ method }) => method)
    .join(', ');

/** Answers what was thrown on the way, as the dialects do. */
export function answerForeignError(
  error: unknown,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): Response {
  const { refusal, status, incident } = toRefusal(unwrapThrown(error), c, onIncident);
  return respondForeignRefusal(c, refusal, { status, incident });
}
