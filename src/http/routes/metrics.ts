import type { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';
import type { MetricsSource } from '../metrics-source.ts';

/** Routes `GET /metrics`: measurements in the text format of Prometheus; a 404 where they are off or elsewhere. */
export function routeMetrics(app: Hono<AppEnv>, metrics: MetricsSource | undefined): void {
  app.get('/metrics', async (c) =>
    metrics === undefined
      ? c.notFound()
      : c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
}
