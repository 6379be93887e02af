import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { wrapThrownValues } from '../answer-error.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import { identifyRequest, watchRequest } from '../watch-request.ts';
import { answerForeignError, answerForeignMethod, answerForeignNotFound } from './dialects.ts';

/** One dialect as a whole server: its routes at the root, and nothing else. */
export function createAlone(dialect: Hono<AppEnv>, onIncident: (incident: Incident) => void): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(
    identifyRequest(),
    watchRequest(() => {}),
    methodNotAllowed({ app, onMethodNotAllowed: answerForeignMethod }),
    wrapThrownValues,
  );
  app.route('/', dialect);
  app.notFound(answerForeignNotFound);
  app.onError((error, c) => answerForeignError(error, c, onIncident));
  return app;
}
