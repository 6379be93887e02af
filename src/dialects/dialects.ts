import type { Context, Hono } from 'hono';
import { toRefusal, unwrapThrown } from '../http/answer-error.ts';
import type { AppEnv, Incident } from '../http/app-env.ts';
import type { DenialResponder } from '../http/deny.ts';
import type { AccessTable } from '../http/route-access.ts';
import { routeDocument } from '../http/routes/docs.ts';
import { describeDialect } from './common/describe-dialect.ts';
import { respondDetail, respondForeignRefusal, type RefusalMember } from './common/respond.ts';
import type { Dialect, DialectValues } from './dialect.ts';
import type { DialectOptions } from './dialect-options.ts';
import { dialects } from './list.ts';

const doors = await Promise.all(dialects.map(async (dialect) => ({ dialect, door: await dialect.load() })));

const baseOf = ({ name }: Dialect): string => `/dialects/${name}`;

/** True for a path of a dialect, where every answer has the dialect's format. */
export const isForeign = (path: string): boolean =>
  dialects.some((dialect) => path.startsWith(`${baseOf(dialect)}/`));

/** Mounts the contracts of other systems below `/dialects`. */
export function mountDialects(app: Hono<AppEnv>, options: DialectOptions, values: DialectValues): void {
  for (const { dialect, door } of doors) {
    const base = baseOf(dialect);
    const { operations } = door;
    if (operations !== undefined)
      routeDocument(app, base, () => describeDialect(dialect, base, options.version, operations));
    app.route(`${base}/`, door.createRoutes(options, values[dialect.name] ?? {}));
  }
}

/** Access to the document of a dialect and its page. */
const documentAccess: AccessTable = {
  'GET /openapi.json': ['execute'],
  'GET /docs': ['execute'],
  'GET /docs/:file': ['execute'],
};

/** Access to their routes. */
export const foreignAccess: AccessTable = Object.fromEntries(
  dialects.flatMap((dialect) =>
    Object.entries({ ...documentAccess, ...dialect.access }).map(([route, access]) => [
      route.replace(' ', ` ${baseOf(dialect)}`),
      access,
    ]),
  ),
);

/** Answers a denial in the dialects' format. */
export const answerForeignDenial: DenialResponder = (c, { refusal }) =>
  respondForeignRefusal(c, refusal, { member: memberAt(c) });

/** Member of refusals of the dialect that a path belongs to. */
const memberAt = (c: Context<AppEnv>): RefusalMember =>
  dialects.find((dialect) => c.req.path.startsWith(`${baseOf(dialect)}/`))?.refusalMember ?? 'detail';

/** Responders of denials by path. */
export const foreignResponders: Readonly<Record<string, DenialResponder>> = Object.fromEntries(
  doors.map(({ dialect, door }) => [`${baseOf(dialect)}/`, door.answerDenial ?? answerForeignDenial]),
);

/** Returns the responder of denials of a dialect. */
export const responderOf = (dialect: Dialect): DenialResponder =>
  foreignResponders[`${baseOf(dialect)}/`] ?? answerForeignDenial;

/** Answers 404 in the dialects' format. */
export const answerForeignNotFound = (c: Context<AppEnv>): Response =>
  respondDetail(c, 404, 'Not Found', {}, memberAt(c));

/** Answers 405 in the dialects' format. */
export const answerForeignMethod = (c: Context<AppEnv>, methods: readonly string[]): Response =>
  respondDetail(c, 405, 'Method Not Allowed', { Allow: methods.join(', ') }, memberAt(c));

/** Answers an error in the dialects' format. */
export function answerForeignError(
  error: unknown,
  c: Context<AppEnv>,
  onIncident: (incident: Incident) => void,
): Response {
  const { refusal, status, incident } = toRefusal(unwrapThrown(error), c, onIncident);
  return respondForeignRefusal(c, refusal, { status, incident, member: memberAt(c) });
}
