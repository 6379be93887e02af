import { Hono } from 'hono';
import { wrapThrownValues } from '../answer-error.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import { identifyRequest, watchRequest } from '../watch-request.ts';
import { answerForeignError, mount } from './dialects.ts';

/** One dialect as a whole server: its routes at the root, and nothing else. */
export function createAlone(dialect: Hono<AppEnv>, onIncident: (incident: Incident) => void): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(
    identifyRequest(),
    watchRequest(() => {}),
    wrapThrownValues,
  );
  mount(app, '/', dialect);
  app.onError((error, c) => answerForeignError(error, c, onIncident));
  return app;
}
