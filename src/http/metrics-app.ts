import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { answerNotFound, answerWrongMethod } from './answer-unrouted.ts';
import type { AppEnv } from './app-env.ts';
import { checkOrigin } from './check-origin.ts';
import type { DenierOptions } from './deny.ts';
import type { OriginRules } from './judge-origin.ts';
import type { MetricsSource } from './metrics-source.ts';
import { ownAccess } from './route-access.ts';
import { routeMetrics } from './routes/metrics.ts';
import { identifyRequest, watchRequest } from './watch-request.ts';

export interface MetricsAppOptions extends Pick<DenierOptions, 'onDenial'> {
  readonly metrics: MetricsSource;
  /** Names by which the door may be called, so that no page of another origin reads it. */
  readonly origins: Omit<OriginRules, 'hasKeys'>;
}

/** Creates the door of metrics on a port of its own: one route, no keys. */
export function createMetricsApp({ metrics, origins, onDenial }: MetricsAppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(identifyRequest(), watchRequest({}));
  app.use(checkOrigin({ onDenial, access: ownAccess, rules: { ...origins, hasKeys: false } }));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerWrongMethod }));
  routeMetrics(app, metrics);
  app.notFound((c) => answerNotFound(c, app));
  return app;
}
