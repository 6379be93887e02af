import type { Hono } from 'hono';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../app-env.ts';
import { jsonType } from '../headers.ts';

/** `GET /runtimes`: what can run scripts here, and under which limits. */
export function routeRuntimes(app: Hono<AppEnv>, executor: Executor): void {
  app.get('/runtimes', async (c) =>
    c.body(JSON.stringify(await executor.runtimes()), 200, { 'Content-Type': jsonType }),
  );
}
