import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Keys } from '../../keys/open-keys.ts';
import { wrapThrownValues } from '../answer-error.ts';
import type { AppEnv, Incident } from '../app-env.ts';
import { guard, type GuardOptions } from '../guard.ts';
import { identifyRequest, watchRequest } from '../watch-request.ts';
import {
  answerForeignDenial,
  answerForeignError,
  answerForeignMethod,
  answerForeignNotFound,
} from './dialects.ts';

export interface AloneOptions {
  readonly dialect: Hono<AppEnv>;
  /** Who may come in; everybody may where it is undefined. */
  readonly keys: Keys | undefined;
  readonly onDenial: GuardOptions['onDenial'];
  readonly onIncident: (incident: Incident) => void;
}

/** One dialect as a whole server: its routes at the root, and nothing else. */
export function createAlone({ dialect, keys, onDenial, onIncident }: AloneOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(
    identifyRequest(),
    watchRequest(() => {}),
  );
  if (keys !== undefined) app.use(guard({ keys, onDenial, responders: { '/': answerForeignDenial } }));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerForeignMethod }), wrapThrownValues);
  app.route('/', dialect);
  app.notFound(answerForeignNotFound);
  app.onError((error, c) => answerForeignError(error, c, onIncident));
  return app;
}
