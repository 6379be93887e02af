import { readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { createAnalyzer } from './analysis/analyzer.ts';
import { toLimitPolicy, toOperatorPolicy, type Config } from './config.ts';
import type { BuildLimits } from './environments/limits.ts';
import { openEnvironments, type Environments, type EnvironmentView } from './environments/environments.ts';
import { openStore } from './environments/store.ts';
import type { Workshop } from './environments/workshop.ts';
import type { Caller } from './core/caller.ts';
import { describeKernelHoles } from './core/kernel-holes.ts';
import { viewerOf } from './core/viewer.ts';
import { createExecutor } from './executor/create-executor.ts';
import type { EventListener } from './executor/events.ts';
import { createSurroundings } from './generate/describe-surroundings.ts';
import { createGenerator, type Generator } from './generate/generate-and-execute.ts';
import type { Model } from './generate/model.ts';
import { openModel } from './generate/open-model.ts';
import { createReviewer } from './generate/review.ts';
import type { Executor } from './executor/executor.ts';
import { warmJails, type WarmSandbox } from './executor/warm-jails.ts';
import { requireLayers, watchReadiness } from './executor/readiness.ts';
import { packageRoot } from './paths.ts';
import { createAdmission } from './pool/admission.ts';
import { createByteBudget, type ByteBudget } from './pool/byte-budget.ts';
import type { PoolEvent } from './pool/pool.ts';
import { openNpmWorkshop } from './runtimes/npm-workshop.ts';
import { openRuntimes } from './runtimes/open-runtimes.ts';
import type { Runtimes } from './runtimes/runtimes.ts';
import { describeSharedIds } from './runtimes/shared-ids.ts';
import { openStandardModules } from './runtimes/standard-modules.ts';
import { createPackageBuilder } from './sandbox/nsjail/build/package-builder.ts';
import { openNsjailHost, type NsjailHost } from './sandbox/nsjail/host.ts';
import { provideImage, resolveStateDir } from './sandbox/nsjail/image/image-store.ts';
import { createNsjailSandbox } from './sandbox/nsjail/nsjail-sandbox.ts';
import { syncFileSystem } from './sandbox/nsjail/sync.ts';
import { createOpener } from './sandbox/open-once.ts';
import { JailFailure, type Program, type Sandbox } from './sandbox/sandbox.ts';
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

/** The pipeline, what has a model write scripts for it, and what manages the environments that scripts run in. */
export interface Service extends Executor, Generator {
  /** Of what requests and answers hold in memory. */
  readonly byteBudget: ByteBudget;
  /** For doors that ask for scripts in their own words. */
  readonly model: Model;
  readonly environments: Environments;
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
): Promise<Service> {
  const limitPolicy = toLimitPolicy(config);
  const stateDir = resolveStateDir(config.stateDir);
  const returnCaps = {
    resultBytes: config.maxResultBytes,
    filesBytes: config.maxReturnBytes,
    files: config.maxReturnFiles,
  };
  const most = withoutWarmJails ? 0 : (config.maxWarmJails ?? availableParallelism() * WARM_JAILS_PER_CORE);
  const warmOptions = {
    defaults: limitPolicy.defaults,
    maxTimeout: config.maxTimeout,
    maxKinds: config.maxWarmKinds,
    maxAge: config.maxWarmAge,
    onEvent: (event: PoolEvent) => onEvent({ type: 'pool', event }),
  };
  let host: NsjailHost | undefined;
  let warm: WarmSandbox | undefined;
  let workshop: Workshop | undefined;
  let environments: Environments | undefined;
  let runtimes: Runtimes | undefined;
  /** Jails wait for what most scripts run in: the default environment as it is now. */
  const keepWarm = (): void => {
    if (environments !== undefined) warm?.keepWarm(environments.resolve(undefined, 'python').environment);
  };
  const open = async (): Promise<Sandbox> => {
    const image = await provideImage({ python: config.python }, stateDir, config.preparedDir);
    host ??= await openNsjailHost({
      ...config,
      interpreter: image.interpreter.executable,
      folders: [image.folder, stateDir],
      deviceFolder: join(stateDir, 'devices'),
    });
    const sandbox = createNsjailSandbox(host, {
      kind: 'python',
      image,
      caps: returnCaps,
      ownProcesses: 0,
    });
    workshop = { sandbox, builder: createPackageBuilder(host, { ...config, image, stateDir }) };
    if (most === 0) return sandbox;
    warm = warmJails(sandbox, {
      ...warmOptions,
      min: Math.min(config.minWarmJails, most),
      max: most,
    });
    keepWarm();
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
  environments = await openEnvironments({
    store: openStore(stateDir, config.preparedDir),
    workshop: async (runtime) => {
      if (runtime === 'python' || host === undefined || runtimes === undefined) return workshop;
      return openNpmWorkshop(runtime, { ...config, runtimes, host, paths: config, stateDir });
    },
    pythonVersion: () => workshop?.builder.runtimeVersion,
    isStandard: openStandardModules(config.python),
    limits: toBuildLimits(config),
    network: config.buildNetwork === 'on',
    sync: syncFileSystem,
    preload: config.withoutPreload ? [] : config.preload,
    grace: Math.max(LEAST_GRACE_SECONDS, config.maxTimeout + config.maxWarmAge + 2 * 60),
    maxUnused: config.maxUnusedDays * SECONDS_PER_DAY,
    pruneInterval: config.pruneInterval * SECONDS_PER_HOUR,
    onFailure: (name, failure) => onEvent({ type: 'build_failed', name, failure }),
    onChange: keepWarm,
  });
  keepWarm();
  const { close: closeEnvironments, as: viewAs } = environments;
  const viewFor = (caller: Caller | undefined): EnvironmentView => viewAs(viewerOf(caller));
  const warmRuntime = (sandbox: Sandbox, ahead: Program['command'] | undefined): Sandbox =>
    warmJails(sandbox, {
      ...warmOptions,
      ahead,
      min: 0,
      max: Math.min(most, MOST_WARM_OF_RUNTIME),
      shrinkAfter: WARM_RUNTIME_SECONDS,
    });
  runtimes = openRuntimes({
    offered: config.runtimes,
    paths: config,
    python: config.python,
    environments: (runtime, caller) => viewFor(caller).names(runtime),
    stateDir,
    preparedDir: config.preparedDir,
    programFolder: join(stateDir, 'programs'),
    programBytes: config.programCacheMb * 1024 * 1024,
    caps: returnCaps,
    acceptsSharedIds: config.sharedIds === 'on',
    host: () => host,
    defaults: limitPolicy.defaults,
    warm: most === 0 ? undefined : warmRuntime,
    verify: async (kind, sandbox, hasEpoll) => {
      const probe = () => probeSandbox(withoutLauncher(sandbox), config.optionalLayers, hasEpoll);
      const reports = await (remember ? rememberProbe(stateDir, kind, sandbox.identity, probe) : probe());
      requireLayers(reports);
    },
  });
  const rooted = createOpener(async () => {
    if (host === undefined) throw new JailFailure('The sandbox is closed.');
    const image = await provideImage({ python: config.python }, stateDir);
    const sandbox = createNsjailSandbox(host, { kind: 'rooted', image, caps: returnCaps, ownProcesses: 0 });
    const probe = () => probeSandbox(sandbox, config.optionalLayers);
    requireLayers(await (remember ? rememberProbe(stateDir, 'rooted', sandbox.identity, probe) : probe()));
    return sandbox;
  });
  const closeHost = async (): Promise<void> => {
    await closeEnvironments();
    await readiness.close();
    await rooted.close();
    await host?.close();
  };
  const model = openModel(config, (failure) => onEvent({ type: 'model_failed', ...failure }));
  const inflight = (config.maxInflightMb ?? defaultInflightMb()) * 1024 * 1024;
  // The largest body there can be fits in any case.
  const byteBudget = createByteBudget({ capacity: Math.max(inflight, config.maxBodyBytes) });
  const admission = createAdmission({
    capacity: config.maxConcurrent ?? defaultCapacity(),
    waitingRoom: config.maxWaiting,
    maxWait: config.maxWait,
    mayRun: byteBudget.mayRun,
  });
  byteBudget.onRelease(admission.look);
  const kernelHoles = describeKernelHoles(release());
  const executor = createExecutor({
    analyzer: await createAnalyzer({ maxWait: config.maxWait }),
    admission,
    readiness: { ...readiness, close: closeHost },
    runtimes,
    openRooted: rooted.open,
    countJails: () => warm?.counts(),
    review: createReviewer(model, {
      temperature: config.llmReviewTemperature,
      inputBytes: config.llmMaxInputBytes,
    }),
    limitPolicy,
    policy: toOperatorPolicy(config),
    version,
    warnings: () => [
      ...kernelHoles,
      ...(host?.tree !== undefined && host.ids.kind === 'shared-id'
        ? describeSharedIds(config.runtimes, config.sharedIds === 'on')
        : []),
    ],
    environments,
    shutdownGrace: config.shutdownGrace,
    onEvent,
  });
  const generator = createGenerator({
    executor,
    model,
    temperature: config.llmTemperature,
    scriptBytes: config.maxScriptBytes,
    describeSurroundings: createSurroundings(viewFor, limitPolicy),
  });
  return {
    ...executor,
    ...generator,
    model,
    byteBudget,
    environments,
    close: async () => {
      // What it still wrote would not run any more.
      model.close();
      // Builds end at once, scripts get their grace.
      await Promise.all([closeEnvironments(), executor.close()]);
    },
  };
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

/** Other processes' jails may have other limits. */
const LEAST_GRACE_SECONDS = 20 * 60;
const SECONDS_PER_HOUR = 60 * 60;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/** Most jails that there are at once, waiting ones included. */
export function countMostJails(config: Config): number {
  const waiting = config.maxWarmJails ?? availableParallelism() * WARM_JAILS_PER_CORE;
  const ofRuntimes = Math.min(waiting, MOST_WARM_OF_RUNTIME) * config.runtimes.length;
  return (config.maxConcurrent ?? defaultCapacity()) + waiting * config.maxWarmKinds + ofRuntimes;
}

/** Two keep both halves of a back-to-back caller busy: one runs, one is being made. */
const WARM_JAILS_PER_CORE = 2;

/** They hold a runtime's memory. */
const MOST_WARM_OF_RUNTIME = 2;
/** Most services use no runtime but Python: after so long without a script one jail fewer waits, and then none. */
const WARM_RUNTIME_SECONDS = 300;

/** Most scripts wait for something now and then; more at once only lengthens each one. */
function defaultCapacity(): number {
  return Math.max(2, Math.ceil(availableParallelism() * 1.5));
}

/** MiB: an eighth of what the service may have, within reason. */
function defaultInflightMb(): number {
  // 0, or more than there is, where nothing bounds it.
  const bound = process.constrainedMemory() || Infinity;
  return Math.min(512, Math.max(256, Math.floor(Math.min(totalmem(), bound) / 8 / 1024 / 1024)));
}

/** The probe's scripts are run by the interpreter that launches other programs: it counts among theirs. */
function withoutLauncher(sandbox: Sandbox): Sandbox {
  return {
    ...sandbox,
    lease: (limits, options) => sandbox.lease({ ...limits, processes: limits.processes - 1 }, options),
  };
}
