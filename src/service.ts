import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createAnalyzer } from './analysis/analyzer.ts';
import { toLimitPolicy, toOperatorPolicy, type Config } from './config.ts';
import { createExecutor } from './executor/create-executor.ts';
import type { EventListener } from './executor/events.ts';
import type { Executor } from './executor/executor.ts';
import { warmJails, type WarmSandbox } from './executor/warm-jails.ts';
import { requireLayers, watchReadiness } from './executor/readiness.ts';
import { packageRoot } from './paths.ts';
import { createAdmission } from './pool/admission.ts';
import { openRuntimes } from './runtimes/open-runtimes.ts';
import { openNsjailHost, type NsjailHost } from './sandbox/nsjail/host.ts';
import { provideImage, resolveStateDir } from './sandbox/nsjail/image/image-store.ts';
import { createNsjailSandbox } from './sandbox/nsjail/nsjail-sandbox.ts';
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
  const stateDir = resolveStateDir(config.stateDir);
  const returnCaps = {
    resultBytes: config.maxResultBytes,
    filesBytes: config.maxReturnBytes,
    files: config.maxReturnFiles,
  };
  let host: NsjailHost | undefined;
  let warm: WarmSandbox | undefined;
  const open = async (): Promise<Sandbox> => {
    const packages = config.packages && resolve(config.packages);
    const image = await provideImage({ python: config.python, packages }, stateDir);
    host ??= await openNsjailHost({ ...config, interpreter: image.interpreter.executable });
    const sandbox = createNsjailSandbox(host, {
      kind: 'python',
      image,
      preload: config.preload,
      caps: returnCaps,
      ownProcesses: 0,
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
      return remember ? rememberProbe(stateDir, 'python', sandbox.identity, probe) : probe();
    },
    onChange: (state, cause) => onEvent({ type: 'readiness_changed', state, cause }),
  });
  const runtimes = openRuntimes({
    offered: config.runtimes,
    paths: config,
    python: config.python,
    stateDir,
    programFolder: join(stateDir, 'programs'),
    programBytes: config.programCacheMb * 1024 * 1024,
    caps: returnCaps,
    host: () => host,
    verify: async (kind, sandbox) => {
      const probe = () => probeSandbox(withoutLauncher(sandbox), config.optionalLayers);
      const reports = await (remember ? rememberProbe(stateDir, kind, sandbox.identity, probe) : probe());
      requireLayers(reports);
    },
  });
  const closeHost = async (): Promise<void> => {
    await readiness.close();
    await host?.close();
  };
  return createExecutor({
    analyzer: await createAnalyzer(),
    admission: createAdmission({
      capacity: config.maxConcurrent ?? defaultCapacity(),
      waitingRoom: config.maxWaiting,
      maxWait: config.maxWait,
    }),
    readiness: { ...readiness, close: closeHost },
    runtimes,
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

/** The probe's scripts are run by the interpreter that launches other programs: it counts among theirs. */
function withoutLauncher(sandbox: Sandbox): Sandbox {
  return {
    ...sandbox,
    lease: (limits, options) => sandbox.lease({ ...limits, processes: limits.processes - 1 }, options),
  };
}
