import { countMostJails } from './composition/capacity.ts';
import { ConfigError, toDialectDefaults, toLimitPolicy, type Config } from './config.ts';
import type { AppOptions } from './http/app.ts';
import type { OriginRules } from './http/judge-origin.ts';
import { planConnections, readDescriptorLimit, type ConnectionPlan } from './http/plan-connections.ts';
import { version, type Service } from './service.ts';

/** By which names the service is called, and whose pages may call it. */
export const toOriginRules = ({
  host,
  allowedHosts,
  allowedOrigins,
}: Config): Omit<OriginRules, 'hasKeys'> => ({ host, allowedHosts, allowedOrigins });

/** @throws ConfigError where this process may not have as many descriptors as the settings take. */
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

/** What the HTTP door takes from the settings and the service; who may come in and what is logged are its owner's to say. */
export function toAppOptions(
  config: Config,
  service: Service,
): Omit<AppOptions, 'keys' | 'onDenial' | 'onIncident' | 'onRequest' | 'heartbeatMs'> {
  return {
    executor: service,
    generator: service,
    model: service.model,
    byteBudget: service.byteBudget,
    version,
    limitPolicy: toLimitPolicy(config),
    caps: { bodyBytes: config.maxBodyBytes, scriptBytes: config.maxScriptBytes },
    generation: { queryBytes: config.llmMaxInputBytes, maxRepairs: config.llmMaxRepairs },
    environments: { environments: service.environments, builds: config.builds },
    dialects: toDialectDefaults(config),
    origins: toOriginRules(config),
  };
}
