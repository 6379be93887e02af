import type { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';
import type { MetricsSource } from '../metrics-source.ts';

/** Routes `GET /metrics`: measurements in the text format of Prometheus. */
export function routeMetrics(app: Hono<AppEnv>, metrics: MetricsSource): void {
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
}
