import { parseConfig, type Config } from '../config.ts';
import { optionalLayers } from '../core/contract/health.ts';
import { createService, type Service, type ServiceOptions } from '../service.ts';
import { readEnvironment } from './dotenv.ts';

/**
 * Opens a service for one command of a person on their own machine. Without a cgroup, memory and processes are
 * bounded per process, unless BRIG_OPTIONAL_LAYERS is set; every runtime may run with the caller's own id, unless
 * BRIG_SHARED_IDS is set; Python has pseudo-terminals, unless BRIG_TERMINALS is set; and environments may be built
 * from wheels, unless BRIG_BUILDS is set.
 */
export async function openTrialService(
  env: NodeJS.ProcessEnv = readEnvironment(),
  options: ServiceOptions = { withoutWarmJails: true },
): Promise<{ config: Config; service: Service }> {
  const config = toTrialConfig(parseConfig(env), env);
  return { config, service: await createService(config, { rememberProbe: true, ...options }) };
}

export function toTrialConfig(config: Config, env: NodeJS.ProcessEnv): Config {
  return {
    ...config,
    optionalLayers: env['BRIG_OPTIONAL_LAYERS'] === undefined ? [...optionalLayers] : config.optionalLayers,
    sharedIds: env['BRIG_SHARED_IDS'] === undefined ? 'on' : config.sharedIds,
    terminals: env['BRIG_TERMINALS'] === undefined ? 'on' : config.terminals,
    builds: env['BRIG_BUILDS'] === undefined ? 'wheels' : config.builds,
  };
}
