import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createAnalyzer } from './analysis/analyzer.ts';
import { toLimitPolicy, toOperatorPolicy, type Config } from './config.ts';
import { createExecutor } from './executor/create-executor.ts';
import type { EventListener } from './executor/events.ts';
import type { Executor } from './executor/executor.ts';
import { warmJails, type WarmSandbox } from './executor/warm-jails.ts';
import { watchReadiness } from './executor/readiness.ts';
import { packageRoot } from './paths.ts';
import { createAdmission } from './pool/admission.ts';
import { createNsjailSandbox } from './sandbox/nsjail/nsjail-sandbox.ts';
import { resolveStateDir } from './sandbox/nsjail/image/image-store.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { probeSandbox } from './sandbox/probe/probe.ts';
import { rememberProbe } from './sandbox/probe/remember-probe.ts';

/** The package's own version. */
export const version: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

export interface ServiceOptions {
  readonly onEvent?: EventListener;
  /** Takes a recent probe of the very same sandbox for this one's: for commands that run one script and end. */
  readonly rememberProbe?: boolean;
  /** Starts every jail for its script, none ahead: for commands that run one script and end. */
  readonly withoutWarmJails?: boolean;
}

/**
 * The composition root: the one place that names concrete parts. Resolves after the first probe, also when it found
 * that nothing can run: then every execution is refused, with the reason, until a later probe passes.
 */
export async function createService(
  config: Config,
  {
    onEvent = () => undefined,
    rememberProbe: remember = false,
    withoutWarmJails = false,
  }: ServiceOptions = {},
): Promise<Executor> {
  const limitPolicy = toLimitPolicy(config);
  let warm: WarmSandbox | undefined;
  const open = async (): Promise<Sandbox> => {
    const sandbox = await createNsjailSandbox({
      nsjail: config.nsjail,
      python: config.python,
      packages: config.packages && resolve(config.packages),
      preload: config.preload,
      stateDir: resolveStateDir(config.stateDir),
      cgroupParent: config.cgroupParent,
      optionalLayers: config.optionalLayers,
      caps: {
        resultBytes: config.maxResultBytes,
        filesBytes: config.maxReturnBytes,
        files: config.maxReturnFiles,
      },
    });
    const most = config.maxWarmJails ?? availableParallelism() * WARM_JAILS_PER_CORE;
    if (withoutWarmJails || most === 0) return sandbox;
    warm = warmJails(sandbox, {
      defaults: limitPolicy.defaults,
      maxTimeout: config.maxTimeout,
      min: Math.min(config.minWarmJails, most),
      max: most,
      maxAge: config.maxWarmAge,
      onEvent: (event) => onEvent({ type: 'pool', event }),
    });
    return warm;
  };
  const readiness = await watchReadiness({
    open,
    probe: (sandbox) => {
      const probe = () => probeSandbox(sandbox, config.optionalLayers);
      return remember ? rememberProbe(resolveStateDir(config.stateDir), sandbox.identity, probe) : probe();
    },
    onChange: (state, cause) => onEvent({ type: 'readiness_changed', state, cause }),
  });
  return createExecutor({
    analyzer: await createAnalyzer(),
    admission: createAdmission({
      capacity: config.maxConcurrent ?? defaultCapacity(),
      waitingRoom: config.maxWaiting,
      maxWait: config.maxWait,
    }),
    readiness,
    countJails: () => warm?.counts(),
    limitPolicy,
    policy: toOperatorPolicy(config),
    version,
    hasPackages: config.packages !== undefined,
    shutdownGrace: config.shutdownGrace,
    onEvent,
  });
}

/** Two keep both halves of a back-to-back caller busy: one runs, one is being made. */
const WARM_JAILS_PER_CORE = 2;

/** Most scripts wait for something now and then; more at once only lengthens each one. */
function defaultCapacity(): number {
  return Math.max(2, Math.ceil(availableParallelism() * 1.5));
}
