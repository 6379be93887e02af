import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Keys } from '../keys/open-keys.ts';
import { wrapThrownValues } from '../http/answer-error.ts';
import type { AppEnv, Incident } from '../http/app-env.ts';
import { boundCallers } from '../http/bound-callers.ts';
import { checkOrigin } from '../http/check-origin.ts';
import type { DenierOptions } from '../http/deny.ts';
import { guard } from '../http/guard.ts';
import type { OriginRules } from '../http/judge-origin.ts';
import type { ByteBudget } from '../pool/byte-budget.ts';
import { holdBytes } from '../http/hold-bytes.ts';
import { identifyRequest, watchRequest, type RequestWatch } from '../http/watch-request.ts';
import type { Dialect } from './dialect.ts';
import { answerForeignError, answerForeignMethod, answerForeignNotFound, responderOf } from './dialects.ts';

export interface AloneOptions {
  readonly dialect: Dialect;
  readonly routes: Hono<AppEnv>;
  /** Keys of callers; undefined for an open service. */
  readonly keys: Keys | undefined;
  /** Names of the service, and origins whose pages may call it. */
  readonly origins: Omit<OriginRules, 'hasKeys'>;
  /** Maximum number of requests of one key at once. */
  readonly perKey: number;
  readonly onDenial: DenierOptions['onDenial'];
  /** Budget of all pending requests and answers. */
  readonly byteBudget: ByteBudget;
  readonly onIncident: (incident: Incident) => void;
  readonly watch: RequestWatch;
}

/** Creates a server of one dialect: its routes at the root, and nothing else. */
export function createAlone({
  dialect,
  routes,
  keys,
  origins,
  perKey,
  byteBudget,
  onDenial,
  onIncident,
  watch,
}: AloneOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(identifyRequest(), watchRequest(watch));
  const denier = {
    onDenial,
    responders: { '/': responderOf(dialect) },
    access: dialect.access,
  };
  app.use(checkOrigin({ ...denier, rules: { ...origins, hasKeys: keys !== undefined } }));
  if (keys !== undefined) app.use(guard({ ...denier, keys }), boundCallers(perKey, denier));
  app.use(
    methodNotAllowed({ app, onMethodNotAllowed: answerForeignMethod }),
    wrapThrownValues,
    holdBytes(byteBudget),
  );
  app.route('/', routes);
  app.notFound(answerForeignNotFound);
  app.onError((error, c) => answerForeignError(error, c, onIncident));
  return app;
}
