import type { Health } from '../../core/contract/health.ts';
import type { PoolCounts } from '../../pool/pool.ts';
import type { Metrics } from './create-families.ts';

/** State of a service that is read with each scrape. */
export interface Observed {
  health(): Health;
  readonly byteBudget: { readonly used: number };
  readonly environments: { names(runtime: 'python' | 'node'): readonly string[] };
  readonly jobs: { counts(): Readonly<Record<string, number>> };
  readonly sessions: { counts(): Readonly<Record<string, number>> };
  readonly countWarmJails: () => Readonly<Record<string, PoolCounts>>;
}

/** Sets the gauges to the present state of the service. */
export function readGauges(metrics: Metrics, service: Observed): void {
  const { status, pool } = service.health();
  metrics.ready.set(status === 'healthy' ? 1 : 0);
  metrics.queueWaiting.set(pool.waiting);
  metrics.queueRoom.set(pool.waiting_room);
  metrics.running.set(pool.running);
  metrics.capacity.set(pool.capacity);
  metrics.inflight.set(service.byteBudget.used);
  metrics.environments.set({ packages: 'python' }, service.environments.names('python').length);
  metrics.environments.set({ packages: 'npm' }, service.environments.names('node').length);
  for (const [state, count] of Object.entries(service.jobs.counts())) metrics.jobs.set({ state }, count);
  for (const [state, count] of Object.entries(service.sessions.counts()))
    metrics.sessions.set({ state }, count);
  for (const [kind, { warm, building }] of Object.entries(service.countWarmJails())) {
    metrics.jails.set({ kind, state: 'warm' }, warm);
    metrics.jails.set({ kind, state: 'building' }, building);
  }
}
