import { release } from 'node:os';
import { join } from 'node:path';
import { MIB } from './core/contract/limits.ts';
import { createAnalyzer } from './analysis/analyzer.ts';
import { countInflightBytes, countPlaces } from './composition/capacity.ts';
import { keepJailsWarm } from './composition/keep-jails-warm.ts';
import { openJails } from './composition/open-jails.ts';
import { describeShared, openJobs, openShared } from './composition/open-jobs.ts';
import { openStronger } from './composition/open-strong.ts';
import { openPackages } from './composition/open-packages.ts';
import { toLimitPolicy, toOperatorPolicy, type Config } from './config.ts';
import { describeIdleDenials } from './core/idle-denials.ts';
import { describeKernelHoles } from './core/kernel-holes.ts';
import { viewerOf } from './core/contract/viewer.ts';
import type { Environments } from './environments/environments.ts';
import { createExecutor } from './executor/create-executor.ts';
import type { EventListener } from './executor/events.ts';
import type { Executor } from './executor/executor.ts';
import { createContextDescriber } from './generate/describe-context.ts';
import { createGenerator, type Generator } from './generate/generate-and-execute.ts';
import type { Model } from './generate/model.ts';
import { openModel } from './generate/open-model.ts';
import { createReviewer } from './generate/review.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { RedisLink } from './redis/open-redis.ts';
import { createSessions } from './sessions/create-sessions.ts';
import { provideSecret } from './sessions/session-ids.ts';
import type { Sessions } from './sessions/sessions.ts';
import { createAdmission } from './pool/admission.ts';
import { createByteBudget, type ByteBudget } from './pool/byte-budget.ts';
import type { PoolCounts } from './pool/pool.ts';
import { throwFirst } from './composition/throw-first.ts';
import { openRuntimes, type HostBounds, type RuntimesOptions } from './runtimes/open-runtimes.ts';
import type { RuntimeRegistry } from './runtimes/registry.ts';
import { describeSharedIds } from './runtimes/shared-ids.ts';
import { resolveStateDir } from './sandbox/nsjail/image/image-store.ts';
import { version } from './version.ts';

export interface ServiceOptions {
  readonly onEvent?: EventListener;
  /** Accepts a recent probe of the same sandbox instead of a new one; for commands that run one script and end. */
  readonly rememberProbe?: boolean;
  /** Starts every jail on demand; for commands that run one script and end. */
  readonly withoutWarmJails?: boolean;
}

/** The pipeline, the generator of scripts, and the package environments. */
export interface Service extends Executor, Generator {
  /** Budget of requests and answers in memory. */
  readonly byteBudget: ByteBudget;
  /** Model for doors that ask for scripts in their own words. */
  readonly model: Model;
  readonly environments: Environments;
  /** Executions that nobody waits for. */
  readonly jobs: Jobs;
  /** Store that this service shares with others; undefined where it is alone. */
  readonly shared: RedisLink | undefined;
  /** Jails that callers keep. */
  readonly sessions: Sessions;
  /**
   * Makes the offered runtimes ready in the background, one after the other; resolves when each was tried. Never rejects.
   */
  prepareRuntimes(): Promise<void>;
  /** Returns the counts of warm jails, by the name of their row. */
  readonly countWarmJails: () => Readonly<Record<string, PoolCounts>>;
}

/**
 * The composition root: with `src/composition`, the only place that puts concrete parts together. Resolves after the first
 * probe, even if nothing can run: executions are then refused, with the reason, until a later probe passes. When it
 * rejects, everything opened is closed; closing is in reverse order of opening.
 */
export async function createService(config: Config, options: ServiceOptions = {}): Promise<Service> {
  await using opened = new AsyncDisposableStack();
  const { onEvent = () => undefined, rememberProbe: remembers = false, withoutWarmJails = false } = options;
  const limitPolicy = toLimitPolicy(config);
  const shared = await openShared(config, onEvent);
  opened.defer(() => shared?.close());
  const stateDir = resolveStateDir(config.stateDir);

  const jails = opened.use(openJails(config, { stateDir, remembers, onEvent }));
  const warmth = keepJailsWarm(config, { isOff: withoutWarmJails, onEvent });
  const python = jails.supply({ name: 'python', kind: 'python', retry: 'timer', warm: warmth.ofPython });
  const rooted = jails.supply({ name: 'rooted', kind: 'rooted', retry: 'request' });
  await python.ready().catch(() => undefined);

  let runtimes: RuntimeRegistry | undefined;
  const environments = await openPackages(config, {
    ...{ jails, python, stateDir, onEvent, runtimes: () => runtimes },
    onChange: warmth.refresh,
  });
  opened.defer(() => environments.close());
  warmth.follow(environments);
  const runtimesOptions: RuntimesOptions = {
    ...{ offered: config.runtimes, paths: config, interpreter: config.python, python },
    defaults: limitPolicy.defaults,
    ...{ bounds: jails.bounds, supply: jails.supply, warm: warmth.ofRuntime },
    environments: (runtime, caller) => environments.as(viewerOf(caller)).names(runtime),
    programFolder: join(stateDir, 'programs'),
    programBytes: config.programCacheMb * MIB,
    acceptsSharedIds: config.sharedIds === 'on',
  };
  runtimes = openRuntimes(runtimesOptions);
  const strong = openStronger(jails, config.isolation, runtimesOptions);
  const model = openModel(
    config,
    (failure) => onEvent({ type: 'model_failed', ...failure }),
    (call) => onEvent({ type: 'model_called', ...call }),
    shared,
  );
  opened.defer(() => model.close());
  const analyzer = await createAnalyzer({ maxWait: config.maxWait });
  opened.defer(() => analyzer.close());

  const byteBudget = createByteBudget({ capacity: countInflightBytes(config) });
  const admission = createAdmission({
    capacity: countPlaces(config),
    waitingRoom: config.maxWaiting,
    maxWait: config.maxWait,
    mayRun: byteBudget.mayRun,
  });
  byteBudget.onRelease(admission.look);
  const policy = toOperatorPolicy(config);
  const standing = [...describeKernelHoles(release()), ...describeIdleDenials(policy)];
  const executorParts = {
    ...{ analyzer, admission, python, strong, rooted, runtimes, limitPolicy, version, environments, onEvent },
    countJails: warmth.count,
    review: createReviewer(model, {
      temperature: config.llmReviewTemperature,
      inputBytes: config.llmMaxInputBytes,
    }),
    policy,
    isolation: config.isolation,
    network: config.network,
    builds: config.builds,
    warnings: () => [
      ...[...standing, ...describeIds(config, jails.bounds()), ...jails.describeOutages()],
      ...describeShared(shared),
    ],
    shutdownGrace: config.shutdownGrace,
  };
  const executor = createExecutor(executorParts);
  const sessions = createSessions({
    parts: executorParts,
    secret: provideSecret(join(stateDir, 'session-secret')),
    most: config.maxSessions,
    mostPerOwner: config.maxSessionsPerKey,
    freezeAfter: config.sessionFreezeAfter * 1000,
  });
  opened.defer(() => sessions.shutDown());
  const generator = createGenerator({
    executor,
    model,
    temperature: config.llmTemperature,
    scriptBytes: config.maxScriptBytes,
    describeContext: createContextDescriber((caller) => environments.as(viewerOf(caller)), limitPolicy),
  });

  const jobs = await openJobs(config, shared, { execute: executor.execute, onEvent });

  const preparing = new AbortController();
  const { prepare } = runtimes;
  const owned = opened.move();
  const close = async (): Promise<void> => {
    // Closes the rest, whatever fails before.
    await using _rest = owned;
    preparing.abort();
    const ofJobs = jobs.close();
    // Scripts that it would still write could not run any more.
    model.close();
    // Builds end at once; scripts get their grace period.
    const ended = [environments.close(), executor.close(), sessions.shutDown(), ofJobs];
    throwFirst(await Promise.allSettled(ended));
  };
  let closing: Promise<void> | undefined;
  return {
    ...{ ...executor, ...generator, model, byteBudget, environments, jobs, shared, sessions },
    prepareRuntimes: () => prepare(preparing.signal),
    countWarmJails: warmth.countAll,
    close: () => (closing ??= close()),
  };
}

const describeIds = ({ runtimes, sharedIds }: Config, bounds: HostBounds | undefined): readonly string[] =>
  bounds?.hasCgroup === true && bounds.sharesIds ? describeSharedIds(runtimes, sharedIds === 'on') : [];
