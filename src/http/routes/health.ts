import type { Hono } from 'hono';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../app-env.ts';
import { jsonType } from '../headers.ts';

/** Routes `GET /health` (can a script run now?) and `GET /live` (does the process answer?). */
export function routeHealth(app: Hono<AppEnv>, executor: Pick<Executor, 'health'>): void {
  app.get('/health', (c) => {
    const health = executor.health();
    const status = health.status === 'healthy' ? 200 : 503;
    return c.body(JSON.stringify(health), status, { 'Content-Type': jsonType });
  });
  app.get('/live', (c) => c.body('{"status":"alive"}', 200, { 'Content-Type': jsonType }));
}
