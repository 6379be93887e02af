import type { Context, Hono } from 'hono';
import { toRefusal, unwrapThrown } from '../answer-error.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import type { DenialResponder } from '../deny.ts';
import { createCantation } from './code-cantation/routes.ts';
import { createCodeExecutor } from './code-executor/routes.ts';
import { respondDetail, respondForeignRefusal } from './common/respond.ts';
import type { DialectOptions } from './dialect-options.ts';
import { createSecurePython } from './secure-python/routes.ts';
import { answerQuartermasterDenial } from './quartermaster/answer-denial.ts';
import { createQuartermaster } from './quartermaster/routes.ts';

/** Contracts of other systems, each by the path below which it is spoken. */
const dialects = {
  'code-cantation': createCantation,
  'code-executor': createCodeExecutor,
  'secure-python': createSecurePython,
  quartermaster: createQuartermaster,
} as const;

const BASE = '/dialects';

/** Whether a request is meant for a dialect: all that is said there is said in the dialect's shapes. */
export const isForeign = (path: string): boolean =>
  Object.keys(dialects).some((name) => path.startsWith(`${BASE}/${name}/`));

/** Puts the contracts of other systems below `/dialects`. */
export function mountDialects(app: Hono<AppEnv>, options: DialectOptions): void {
  for (const [name, create] of Object.entries(dialects)) app.route(`${BASE}/${name}`, create(options));
}

/** Who is not let in hears of it in the dialect's shape. */
export const answerForeignDenial: DenialResponder = (c, { refusal }) => respondForeignRefusal(c, refusal);

/** Of systems that have words of their own for it. */
const ownDenials: Readonly<Record<string, DenialResponder>> = { quartermaster: answerQuartermasterDenial };

/** The same, by the path below which it is said. */
export const foreignResponders: Readonly<Record<string, DenialResponder>> = Object.fromEntries(
  Object.keys(dialects).map((name) => [`${BASE}/${name}/`, ownDenials[name] ?? answerForeignDenial]),
);

/** As the dialects say it: there is no such route. */
export const answerForeignNotFound = (c: Context<AppEnv>): Response => respondDetail(c, 404, 'Not Found');

/** As the dialects say it: the route takes other methods. */
export const answerForeignMethod = (c: Context<AppEnv>, methods: readonly string[]): Response =>
  respondDetail(c, 405, 'Method Not Allowed', { Allow: methods.join(', ') });

/** Answers what was thrown on the way, as the dialects do. */
export function answerForeignError(
  error: unknown,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): Response {
  const { refusal, status, incident } = toRefusal(unwrapThrown(error), c, onIncident);
  return respondForeignRefusal(c, refusal, { status, incident });
}
