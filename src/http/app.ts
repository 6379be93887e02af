import { Hono, type Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { answerError, wrapThrownValues } from './answer-error.ts';
import { answerNotFound, answerWrongMethod } from './answer-unrouted.ts';
import type { AppEnv, RequestEvent } from './app-env.ts';
import type { Keys } from '../keys/open-keys.ts';
import type { Model } from '../generate/model.ts';
import { boundCallers } from './bound-callers.ts';
import { checkOrigin } from './check-origin.ts';
import type { DenierOptions } from './deny.ts';
import { guard } from './guard.ts';
import type { OriginRules } from './judge-origin.ts';
import type { ByteBudget } from '../pool/byte-budget.ts';
import { createBodyThread, type BodyThread } from './body-thread.ts';
import {
  answerForeignError,
  answerForeignMethod,
  answerForeignNotFound,
  foreignAccess,
  foreignResponders,
  isForeign,
  mountDialects,
} from '../dialects/dialects.ts';
import type { DialectDefaults, DialectOptions } from '../dialects/dialect-options.ts';
import { holdBytes } from './hold-bytes.ts';
import { createRunOnce } from './run-once.ts';
import { ownAccess } from './route-access.ts';
import { routeDocs } from './routes/docs.ts';
import { routeEnvironments, type EnvironmentRouteOptions } from './routes/environments.ts';
import { routeExecute, type ExecuteRouteOptions } from './routes/execute.ts';
import { routeGenerate, type GenerateRouteOptions } from './routes/generate.ts';
import { routeHealth } from './routes/health.ts';
import { routeMcp } from './routes/mcp.ts';
import { routeRuntimes } from './routes/runtimes.ts';
import { identifyRequest, watchRequest } from './watch-request.ts';

export interface AppOptions extends Omit<
  ExecuteRouteOptions & GenerateRouteOptions,
  'bodyThread' | 'runOnce'
> {
  /** Of all requests and answers under way. */
  readonly byteBudget: ByteBudget;
  /** The service's own, for its document. */
  readonly version: string;
  /** What manages package environments, and what callers may do to them. */
  readonly environments: EnvironmentRouteOptions;
  /** Who may come in; everybody may where it is undefined. */
  readonly keys?: Keys | undefined;
  /** Whose pages may have a browser call the service, and by which names it is called. */
  readonly origins: Omit<OriginRules, 'hasKeys'>;
  /** Most requests of one key under way at once; any number where it is undefined. */
  readonly perKey?: number | undefined;
  /** Told of whoever is not let in. */
  readonly onDenial?: DenierOptions['onDenial'];
  /** For contracts of other systems that ask for code in their own words. */
  readonly model: Model;
  /** What callers of other systems get where they ask for nothing. */
  readonly dialects: DialectDefaults;
  /** Told of every request once it is answered. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
}

/** As whoever is spoken to there says it. */
const onMethodNotAllowed = (c: Context<AppEnv>, methods: readonly string[]): Response =>
  (isForeign(c.req.path) ? answerForeignMethod : answerWrongMethod)(c, methods);

/** The HTTP door: translates requests for the executor, and its outcomes into answers. */
export function createApp({ onRequest = () => {}, ...given }: AppOptions): Hono<AppEnv> {
  const options = { ...given, bodyThread: createBodyThread(), runOnce: createRunOnce() };
  const app = new Hono<AppEnv>();
  app.use(identifyRequest(), watchRequest(onRequest));
  const { keys, onDenial } = options;
  const denier = { onDenial, responders: foreignResponders, access: { ...ownAccess, ...foreignAccess } };
  app.use(checkOrigin({ ...denier, rules: { ...options.origins, hasKeys: keys !== undefined } }));
  if (keys !== undefined)
    app.use(guard({ ...denier, keys }), boundCallers(options.perKey ?? Infinity, denier));
  app.use(methodNotAllowed({ app, onMethodNotAllowed }), wrapThrownValues, holdBytes(options.byteBudget));
  routeExecute(app, options);
  routeGenerate(app, options);
  routeHealth(app, options.executor);
  routeDocs(app, { ...options, hasKeys: keys !== undefined });
  routeRuntimes(app, options.executor);
  routeEnvironments(app, { ...options, ...options.environments });
  routeMcp(app, options);
  mountDialects(app, toDialectOptions(options, options.bodyThread));
  app.notFound((c) => (isForeign(c.req.path) ? answerForeignNotFound(c) : answerNotFound(c, app)));
  app.onError((error, c) =>
    (isForeign(c.req.path) ? answerForeignError : answerError)(error, c, options.onIncident),
  );
  return app;
}

type DialectParts = Pick<
  AppOptions,
  'executor' | 'model' | 'environments' | 'keys' | 'limitPolicy' | 'caps' | 'dialects'
>;

/** What a dialect takes of the door that it is spoken at. */
export const toDialectOptions = (
  { executor, model, environments, keys, limitPolicy, caps, dialects }: DialectParts,
  bodyThread: BodyThread,
): DialectOptions => ({
  executor,
  model,
  ...environments,
  hasKeys: keys !== undefined,
  rules: { policy: limitPolicy, scriptBytes: caps.scriptBytes },
  bodyBytes: caps.bodyBytes,
  bodyThread,
  defaults: dialects,
});
