import { availableParallelism } from 'node:os';
import type { Config } from '../config.ts';
import { openEnvironments, type Environments } from '../environments/environments.ts';
import type { BuildLimits } from '../environments/limits.ts';
import { openStore } from '../environments/store.ts';
import type { Workshop } from '../environments/workshop.ts';
import type { EventListener } from '../executor/events.ts';
import type { RuntimeRegistry } from '../runtimes/registry.ts';
import { openStandardModules } from '../runtimes/standard-modules.ts';
import { listStdlib } from '../sandbox/nsjail/image/list-stdlib.ts';
import { createPackageBuilder } from '../sandbox/nsjail/build/package-builder.ts';
import { syncFileSystem } from '../sandbox/nsjail/sync.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import type { Jails } from './open-jails.ts';
import { openNpmWorkshop } from './open-npm-workshop.ts';

export interface PackagesOptions {
  readonly jails: Jails;
  readonly python: JailSupply;
  /** Called when npm packages are built. */
  readonly runtimes: () => Pick<RuntimeRegistry, 'open'> | undefined;
  readonly stateDir: string;
  readonly onEvent: EventListener;
  /** Called when the set of usable environments changed. */
  readonly onChange: () => void;
}

/** Opens the package environments, which are built and tried in the same kinds of jail as scripts run in. */
export async function openPackages(
  config: Config,
  { jails, python, runtimes, stateDir, onEvent, onChange }: PackagesOptions,
): Promise<Environments> {
  const openPythonWorkshop = async (): Promise<Workshop | undefined> => {
    const { fresh } = await python.ready();
    const host = jails.host();
    if (host === undefined) return undefined;
    const { provideImage } = jails;
    const image = await provideImage();
    return { sandbox: fresh, builder: createPackageBuilder(host, { ...config, image, provideImage }) };
  };

  const openWorkshop = async (
    runtime: Parameters<typeof openNpmWorkshop>[0],
  ): Promise<Workshop | undefined> => {
    const [host, opened] = [jails.host(), runtimes()];
    if (host === undefined || opened === undefined) return undefined;
    const { provideImage } = jails;
    return await openNpmWorkshop(runtime, { runtimes: opened, host, paths: config, provideImage });
  };

  return await openEnvironments({
    store: openStore(stateDir, config.preparedDir),
    workshop: (runtime) => (runtime === 'python' ? openPythonWorkshop() : openWorkshop(runtime)),
    pythonVersion: () => jails.interpreter()?.version,
    isStandard: openStandardModules(() => listStdlib(config.python)),
    limits: toBuildLimits(config),
    network: config.buildNetwork === 'on',
    sync: syncFileSystem,
    preload: config.withoutPreload ? [] : config.preload,
    grace: Math.max(LEAST_GRACE_SECONDS, config.maxTimeout + config.maxWarmAge + 2 * 60),
    maxUnused: config.maxUnusedDays * SECONDS_PER_DAY,
    pruneInterval: config.pruneInterval * SECONDS_PER_HOUR,
    onFailure: (name, failure) => onEvent({ type: 'build_failed', name, failure }),
    onBuildEnd: (result, ms) => onEvent({ type: 'build_ended', result, ms }),
    onChange,
  });
}

function toBuildLimits(config: Config): BuildLimits {
  return {
    timeout: config.buildTimeout,
    memoryMb: config.buildMemoryMb,
    diskMb: config.buildDiskMb,
    cpus: Math.min(config.maxCpus, availableParallelism()),
    files: config.buildFiles,
    storeMb: config.environmentsMb,
    storeFiles: config.environmentsFiles,
    keyMb: config.keyEnvironmentsMb,
    keyEnvironments: config.keyEnvironments,
  };
}

/** A floor, because the jails of other processes may have longer limits. */
const LEAST_GRACE_SECONDS = 20 * 60;
const SECONDS_PER_HOUR = 60 * 60;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;
