import { collectDefaultMetrics, prometheusContentType, Registry } from 'prom-client';
import { createFamilies } from './create-families.ts';
import { countExecutorEvents } from './count-executor-events.ts';
import { countDoorEvents, type DoorListeners } from './count-door-events.ts';
import { readGauges, type Observed } from './read-gauges.ts';
import type { EventListener } from '../../executor/events.ts';
import type { KeysEvent } from '../../keys/open-keys.ts';

/** Measurements of one service: listeners that count, and their text for a scraper. */
export interface ServiceMetrics {
  readonly contentType: string;
  /** Reads all measurements; calls at the same time share one reading. */
  text(): Promise<string>;
  readonly onEvent: EventListener;
  readonly onKeys: (event: KeysEvent) => void;
  readonly door: DoorListeners;
  /** Reads the state of a service with each scrape from now on. */
  watch(service: Observed): void;
}

export interface MetricsOptions {
  readonly version: string;
  /** True to measure this process too: its CPU time, memory, descriptors, garbage collection, event loop. */
  readonly ofProcess: boolean;
}

/** Gauges of prom-client whose names promise counters. */
const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];
/** Milliseconds between two looks at the event loop; each wakes the process. */
const LOOP_PRECISION = 20;

export function createMetrics({ version, ofProcess }: MetricsOptions): ServiceMetrics {
  const registry = new Registry();
  const metrics = createFamilies(registry);
  metrics.buildInfo.set({ version, node: process.versions.node }, 1);
  // From the first scrape on, so that a first failure is an increase.
  for (const during of ['execution', 'start']) metrics.jailFailures.inc({ during }, 0);
  if (ofProcess) {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION });
    for (const name of misnamed) registry.removeSingleMetric(name);
  }
  let observed: Observed | undefined;
  let reading: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    if (observed !== undefined) readGauges(metrics, observed);
    return await registry.metrics();
  };
  return {
    contentType: prometheusContentType,
    text: () => (reading ??= read().finally(() => (reading = undefined))),
    onEvent: countExecutorEvents(metrics),
    onKeys: ({ type }) => metrics.keyReloads.inc({ result: type === 'keys_changed' ? 'read' : 'failed' }),
    door: countDoorEvents(metrics),
    watch: (service) => {
      observed = service;
    },
  };
}
