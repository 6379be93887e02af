import { toDialectDefaults, toLimitPolicy, type Config } from './config.ts';
import type { AppOptions } from './http/app.ts';
import { version, type Service } from './service.ts';

/** What the HTTP door takes from the settings and the service; who may come in and what is logged are its owner's to say. */
export function toAppOptions(
  config: Config,
  service: Service,
): Omit<AppOptions, 'keys' | 'onDenial' | 'onIncident' | 'onRequest' | 'heartbeatMs'> {
  return {
    executor: service,
    generator: service,
    model: service.model,
    version,
    limitPolicy: toLimitPolicy(config),
    caps: { bodyBytes: config.maxBodyBytes, scriptBytes: config.maxScriptBytes },
    generation: { queryBytes: config.llmMaxInputBytes, maxRepairs: config.llmMaxRepairs },
    environments: { environments: service.environments, builds: config.builds },
    dialects: toDialectDefaults(config),
  };
}
