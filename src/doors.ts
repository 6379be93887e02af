import { countMostJails } from './composition/capacity.ts';
import { ConfigError, toLimitPolicy, toSessionPolicy, type Config } from './config.ts';
import { readDescriptorLimit } from './descriptor-limit.ts';
import { createAlone } from './dialects/alone.ts';
import { codeCantation } from './dialects/code-cantation/dialect.ts';
import { createCantation } from './dialects/code-cantation/routes.ts';
import { createApp, toDialectOptions, type AppOptions } from './http/app.ts';
import { createBodyThread } from './http/body-thread.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import type { OriginRules } from './http/judge-origin.ts';
import { listen, type Listening, type ListenOptions } from './http/listen.ts';
import type { MetricsSource } from './http/metrics-source.ts';
import { planConnections, type ConnectionPlan } from './http/plan-connections.ts';
import type { Health } from './core/contract/health.ts';
import { playgroundFolder } from './paths.ts';
import type { Service } from './service.ts';
import { version } from './version.ts';

export type Door = Listening;

/** A service to serve over HTTP, with its listeners. */
export interface DoorParts extends Pick<
  AppOptions,
  'keys' | 'metrics' | 'onDenial' | 'onIncident' | 'onRequest' | 'beginTrace'
> {
  readonly config: Config;
  readonly service: Service;
  readonly bounds: ConnectionPlan;
  /** Called with errors of connections. */
  readonly onError: NonNullable<ListenOptions['onError']>;
}

/** Opens Brig's own door. Rejects with the system's error when it cannot listen. */
export function openDoor(parts: DoorParts): Promise<Door> {
  const { config, service, keys, metrics, bounds, onDenial, onIncident, onRequest, beginTrace } = parts;
  const app = createApp({
    ...toAppOptions(config, service),
    ...{ keys, metrics, onDenial, onIncident, onRequest, beginTrace, perKey: bounds.perKey },
  });
  return listenFor(app, parts);
}

/**
 * Opens a door that serves Code Cantation's API only.
 * @param environment package environment of its code; undefined for the default one.
 */
export function openCantationDoor(parts: DoorParts, environment: string | undefined): Promise<Door> {
  const { config, service, keys, bounds, onDenial = () => {}, onIncident, onRequest, beginTrace } = parts;
  const options = toDialectOptions(toAppOptions(config, service), createBodyThread());
  const app = createAlone({
    ...{ keys, onDenial, onIncident, perKey: bounds.perKey },
    dialect: codeCantation,
    routes: createCantation({ ...options, environment }),
    origins: toOriginRules(config),
    byteBudget: service.byteBudget,
    watch: { onRequest, beginTrace },
  });
  return listenFor(app, parts);
}

/**
 * Opens the door that serves metrics, without keys.
 * @param health what it serves of health, for a process without another door.
 */
export function openMetricsDoor(
  config: Config,
  metrics: MetricsSource | undefined,
  { onDenial, onError }: Pick<DoorParts, 'onDenial' | 'onError'>,
  health?: { health(): Health },
): Promise<Door> {
  const { metricsHost: host, metricsPort: port = 0, allowedHosts } = config;
  const origins = { host, allowedHosts, allowedOrigins: [] };
  const app = createMetricsApp({ metrics, health, onDenial, origins });
  return listen(app, { host, port, onError, bounds: METRICS_BOUNDS });
}

/** A scraper keeps one connection, and there are few of them. */
const METRICS_BOUNDS = { total: 32, perAddress: 16 };

const listenFor = (
  app: Parameters<typeof listen>[0],
  { config: { host, port }, bounds, onError }: DoorParts,
): Promise<Door> => listen(app, { host, port, bounds, onError });

/** Returns the names of the service, and the origins whose pages may call it. */
const toOriginRules = ({ host, allowedHosts, allowedOrigins }: Config): Omit<OriginRules, 'hasKeys'> => ({
  host,
  allowedHosts,
  allowedOrigins,
});

/** @throws ConfigError when this process may not open as many file descriptors as the settings need. */
export function toConnectionPlan(config: Config): ConnectionPlan {
  const { host, maxConnections, maxConnectionsPerCaller } = config;
  const jails = countMostJails(config);
  const descriptors = readDescriptorLimit();
  try {
    return planConnections({ host, maxConnections, maxConnectionsPerCaller, jails, descriptors });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([{ name: 'BRIG_MAX_CONNECTIONS', complaint: error.message }]);
  }
}

/**
 * Builds the options of the HTTP door from the settings and the service; keys and logging are up to the door's owner.
 */
export function toAppOptions(
  config: Config,
  service: Service,
): Omit<
  AppOptions,
  'keys' | 'metrics' | 'onDenial' | 'onIncident' | 'onRequest' | 'beginTrace' | 'heartbeatMs'
> {
  return {
    executor: service,
    jobs: config.jobs === 'on' ? service.jobs : undefined,
    sessions:
      config.sessions === 'on' ? { sessions: service.sessions, times: toSessionPolicy(config) } : undefined,
    generator: service,
    model: service.model,
    byteBudget: service.byteBudget,
    shared: service.shared,
    version,
    limitPolicy: toLimitPolicy(config),
    caps: { bodyBytes: config.maxBodyBytes, scriptBytes: config.maxScriptBytes },
    generation: { queryBytes: config.llmMaxInputBytes, maxRepairs: config.llmMaxRepairs },
    environments: { environments: service.environments, builds: config.builds },
    modelSettings: {
      temperature: config.llmTemperature,
      reviewTemperature: config.llmReviewTemperature,
      inputBytes: config.llmMaxInputBytes,
    },
    dialects: config.dialects,
    playground: config.playground === 'on' ? playgroundFolder : undefined,
    origins: toOriginRules(config),
  };
}
