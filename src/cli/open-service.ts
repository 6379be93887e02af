import { parseConfig, type Config } from '../config.ts';
import { optionalLayers } from '../core/health.ts';
import type { Executor } from '../executor/executor.ts';
import { createService } from '../service.ts';

/**
 * A service for one command of a person on their own machine. Where the system hands out no cgroup, memory and
 * processes are bounded for each process alone, unless BRIG_OPTIONAL_LAYERS says otherwise.
 */
export async function openTrialService(
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ config: Config; service: Executor }> {
  const config = toTrialConfig(parseConfig(env), env);
  return { config, service: await createService(config, { rememberProbe: true, withoutWarmJails: true }) };
}

export function toTrialConfig(config: Config, env: NodeJS.ProcessEnv): Config {
  return env['BRIG_OPTIONAL_LAYERS'] === undefined
    ? { ...config, optionalLayers: [...optionalLayers] }
    : config;
}
