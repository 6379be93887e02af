import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { answerNotFound, answerWrongMethod } from './answer-unrouted.ts';
import type { AppEnv } from './app-env.ts';
import { checkOrigin } from './check-origin.ts';
import type { DenierOptions } from './deny.ts';
import type { OriginRules } from './judge-origin.ts';
import type { Executor } from '../executor/executor.ts';
import type { MetricsSource } from './metrics-source.ts';
import { ownAccess } from './route-access.ts';
import { routeHealth } from './routes/health.ts';
import { routeMetrics } from './routes/metrics.ts';
import { identifyRequest, watchRequest } from './watch-request.ts';

export interface MetricsAppOptions extends Pick<DenierOptions, 'onDenial'> {
  /** Undefined for a process that does not measure itself. */
  readonly metrics: MetricsSource | undefined;
  /** Serves `GET /health` and `GET /live` too, for a process without another door. */
  readonly health?: Pick<Executor, 'health'> | undefined;
  /** Names by which the door may be called, so that no page of another origin reads it. */
  readonly origins: Omit<OriginRules, 'hasKeys'>;
}

/** Creates the door of metrics on a port of its own, without keys. */
export function createMetricsApp({ metrics, health, origins, onDenial }: MetricsAppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(identifyRequest(), watchRequest({}));
  app.use(checkOrigin({ onDenial, access: ownAccess, rules: { ...origins, hasKeys: false } }));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerWrongMethod }));
  routeMetrics(app, metrics);
  if (health !== undefined) routeHealth(app, health);
  app.notFound((c) => answerNotFound(c, app));
  return app;
}
