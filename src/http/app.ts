import { Hono, type Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { answerError, wrapThrownValues } from './answer-error.ts';
import { answerNotFound, answerWrongMethod } from './answer-unrouted.ts';
import type { AppEnv } from './app-env.ts';
import type { Keys } from '../keys/open-keys.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Model } from '../generate/model.ts';
import { boundCallers } from './bound-callers.ts';
import { checkOrigin } from './check-origin.ts';
import type { DenierOptions } from './deny.ts';
import { guard } from './guard.ts';
import type { OriginRules } from './judge-origin.ts';
import type { MetricsSource } from './metrics-source.ts';
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
import type { DialectValues } from '../dialects/dialect.ts';
import type { DialectOptions, ModelSettings } from '../dialects/dialect-options.ts';
import { holdBytes } from './hold-bytes.ts';
import type { RedisLink } from '../redis/open-redis.ts';
import { createRunOnce } from './run-once.ts';
import { createSharedRunOnce } from './run-once-shared.ts';
import { ownAccess } from './route-access.ts';
import { routeDocs } from './routes/docs.ts';
import { routeEnvironments, type EnvironmentRouteOptions } from './routes/environments.ts';
import { routeExecute, type ExecuteRouteOptions } from './routes/execute.ts';
import { routeGenerate, type GenerateRouteOptions } from './routes/generate.ts';
import { routeHealth } from './routes/health.ts';
import { routeJobs } from './routes/jobs.ts';
import { routeMcp } from './routes/mcp.ts';
import { routePlayground } from './routes/playground.ts';
import { routeSessions, type SessionRouteParts } from './routes/sessions.ts';
import { routeMetrics } from './routes/metrics.ts';
import { routeRuntimes } from './routes/runtimes.ts';
import { identifyRequest, watchRequest, type RequestWatch } from './watch-request.ts';

export interface AppOptions
  extends Omit<ExecuteRouteOptions & GenerateRouteOptions, 'bodyThread' | 'runOnce'>, RequestWatch {
  /** Budget of all pending requests and answers. */
  readonly byteBudget: ByteBudget;
  /** Version of the service, for the API document. */
  readonly version: string;
  /** Package environments, and the rights of callers to them. */
  readonly environments: EnvironmentRouteOptions;
  /** Keys of callers; undefined for an open service. */
  readonly keys?: Keys | undefined;
  /** Names of the service, and origins whose pages may call it. */
  readonly origins: Omit<OriginRules, 'hasKeys'>;
  /** Maximum number of requests of one key at once; undefined for any number. */
  readonly perKey?: number | undefined;
  /** Called with each denial. */
  readonly onDenial?: DenierOptions['onDenial'];
  /** Model for contracts of other systems that generate code themselves. */
  readonly model: Model;
  readonly modelSettings: ModelSettings;
  /** Settings of dialects, by their names. */
  readonly dialects: DialectValues;
  /** Folder of the page for people; undefined for none. */
  readonly playground?: string | undefined;
  /** Executions that nobody waits for; undefined where they are off. */
  readonly jobs?: Jobs | undefined;
  /** Jails that callers keep; undefined where they are off. */
  readonly sessions?: SessionRouteParts | undefined;
  /** Store of idempotency keys that services share; undefined for one of this service alone. */
  readonly shared?: RedisLink | undefined;
  /** Serves `GET /metrics` on this door; undefined for none. */
  readonly metrics?: MetricsSource | undefined;
}

/** Answers in the format of the contract that the path belongs to. */
const onMethodNotAllowed = (c: Context<AppEnv>, methods: readonly string[]): Response =>
  (isForeign(c.req.path) ? answerForeignMethod : answerWrongMethod)(c, methods);

/** Creates the HTTP door, which translates requests for the executor and its outcomes into answers. */
export function createApp(given: AppOptions): Hono<AppEnv> {
  const { shared } = given;
  const runOnce = shared === undefined ? createRunOnce() : createSharedRunOnce(shared);
  const options = { ...given, bodyThread: createBodyThread(), runOnce };
  const app = new Hono<AppEnv>();
  app.use(identifyRequest(), watchRequest(given));
  const { keys, onDenial } = options;
  const denier = { onDenial, responders: foreignResponders, access: { ...ownAccess, ...foreignAccess } };
  app.use(checkOrigin({ ...denier, rules: { ...options.origins, hasKeys: keys !== undefined } }));
  if (keys !== undefined)
    app.use(guard({ ...denier, keys }), boundCallers(options.perKey ?? Infinity, denier));
  app.use(methodNotAllowed({ app, onMethodNotAllowed }), wrapThrownValues, holdBytes(options.byteBudget));
  routeExecute(app, options);
  routeGenerate(app, options);
  routeHealth(app, options.executor);
  routeMetrics(app, options.metrics);
  routeDocs(app, { ...options, hasKeys: keys !== undefined });
  if (options.playground !== undefined) routePlayground(app, options.playground);
  routeRuntimes(app, options.executor);
  routeEnvironments(app, { ...options, ...options.environments });
  if (options.sessions !== undefined) routeSessions(app, { ...options, ...options.sessions });
  if (options.jobs !== undefined) routeJobs(app, { ...options, jobs: options.jobs });
  routeMcp(app, options);
  mountDialects(app, toDialectOptions(options, options.bodyThread), options.dialects);
  app.notFound((c) => (isForeign(c.req.path) ? answerForeignNotFound(c) : answerNotFound(c, app)));
  app.onError((error, c) =>
    (isForeign(c.req.path) ? answerForeignError : answerError)(error, c, options.onIncident),
  );
  return app;
}

type DialectParts = Pick<
  AppOptions,
  'executor' | 'model' | 'modelSettings' | 'environments' | 'keys' | 'limitPolicy' | 'caps' | 'version'
>;

/** Returns the parts of a door that a dialect needs. */
export const toDialectOptions = (
  { executor, model, modelSettings, environments, keys, limitPolicy, caps, version }: DialectParts,
  bodyThread: BodyThread,
): DialectOptions => ({
  executor,
  model,
  modelSettings,
  ...environments,
  hasKeys: keys !== undefined,
  version,
  rules: { policy: limitPolicy, scriptBytes: caps.scriptBytes },
  bodyBytes: caps.bodyBytes,
  bodyThread,
});
