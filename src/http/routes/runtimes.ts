import type { Hono } from 'hono';
import { narrowPolicy } from '../../core/contract/limits.ts';
import type { Executor } from '../../executor/executor.ts';
import type { AppEnv } from '../app-env.ts';
import { identifyCaller } from '../caller.ts';
import { jsonType } from '../headers.ts';

/** Routes `GET /runtimes`: the runtimes of this service, and their limits. */
export function routeRuntimes(app: Hono<AppEnv>, executor: Executor): void {
  app.get('/runtimes', async (c) => {
    const { runtimes, limits } = await executor.runtimes(identifyCaller(c));
    const own = narrowPolicy(limits, identifyCaller(c).ceilings);
    return c.body(JSON.stringify({ runtimes, limits: own }), 200, { 'Content-Type': jsonType });
  });
}
