import { availableParallelism } from 'node:os';
import type { Limits } from '../core/contract/limits.ts';
import type { PoolCounts, PoolEvent } from '../pool/pool.ts';
import type { Jail, JailEnvironment, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';
import { createShelves, type ShelfKind, type Shelves } from './shelves.ts';

export interface WarmJailOptions {
  /** Limits of most requests: warm jails start with these, and get others when they are leased. */
  readonly defaults: Limits;
  /** Longest wall clock limit that a warm jail can be given, in seconds. */
  readonly maxTimeout: number;
  /** Fewest and most warm jails of each kind. */
  readonly min: number;
  readonly max: number;
  /** Maximum number of kinds of warm jails. A kind is an environment, with its modules imported ahead or without. */
  readonly maxKinds: number;
  /** Age in seconds at which an unused jail is replaced. */
  readonly maxAge: number;
  /** Seconds without a lease after which one warm jail fewer is kept; ten by default. */
  readonly shrinkAfter?: number | undefined;
  /** Program that warm jails have started already. */
  readonly ahead?: LeaseOptions['ahead'];
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

/** Sandbox with warm jails: the same port and isolation, and still one jail for one execution. */
export interface WarmSandbox extends Sandbox {
  counts(): PoolCounts;
  /** Keeps jails of this environment warm from now on, whether or not one was ever leased. */
  keepWarm(environment: JailEnvironment | undefined): void;
}

const SHRINK_AFTER_SECONDS = 10;
/** Kept low because jails with imported modules hold the memory of those modules. */
const MOST_PRELOADED = 2;

/**
 * Puts pools of warm jails in front of a sandbox, one for each kind. Starts a fresh jail, with the same verdicts,
 * where a warm one cannot be adapted (to another disk size, for example).
 */
export function warmJails(sandbox: Sandbox, options: WarmJailOptions): WarmSandbox {
  const shape: Limits = { ...options.defaults, timeout: options.maxTimeout + options.maxAge };
  const cores = availableParallelism();
  let busy = 0;
  const shelves = createShelves({
    most: options.maxKinds,
    pool: (kind, isKept) => ({
      ...planPool(sandbox, options, kind, isKept),
      create: (signal) =>
        sandbox.lease(shape, {
          signal,
          environment: kind.environment,
          preload: kind.isPreloaded ? kind.environment?.preload : [],
          ahead: options.ahead,
        }),
      makersAtOnce: importsAnew(sandbox, kind) ? 1 : cores,
      // Making a jail takes a core for 20 ms, so none is made while every core runs a script.
      hasSpareTime: () => busy < cores,
    }),
  });
  const parts: WarmParts = { sandbox, shelves, shape, ahead: options.ahead };

  const release = (): void => {
    busy -= 1;
    shelves.refill();
  };
  const keepWarm = (environment: JailEnvironment | undefined): void =>
    shelves.keep(listKinds(sandbox, environment));

  keepWarm(undefined);
  return {
    enforcement: sandbox.enforcement,
    isolation: sandbox.isolation,
    identity: sandbox.identity,
    canChange: (from, to) => sandbox.canChange(from, to),
    lease: async (limits, leased = {}) => {
      busy += 1;
      try {
        return whenDisposed(await leaseOne(parts, limits, leased), release);
      } catch (error) {
        release();
        throw error;
      }
    },
    counts: () => shelves.counts(),
    keepWarm,
    close: async () => {
      await shelves.close();
      await sandbox.close();
    },
  };
}

interface WarmParts extends Pick<WarmJailOptions, 'ahead'> {
  readonly sandbox: Sandbox;
  readonly shelves: Shelves;
  /** Limits of waiting jails. */
  readonly shape: Limits;
}

/** Whether each jail of a kind imports its modules, and holds them in memory of its own. */
const importsAnew = (sandbox: Sandbox, { isPreloaded }: ShelfKind): boolean =>
  isPreloaded && !isForked(sandbox);

function planPool(sandbox: Sandbox, options: WarmJailOptions, kind: ShelfKind, isKept: boolean) {
  return {
    // On other shelves the first caller waits for its jail, and later ones find one ready.
    min: isKept ? options.min : 0,
    max: importsAnew(sandbox, kind) ? Math.min(options.max, MOST_PRELOADED) : options.max,
    maxAgeMs: options.maxAge * 1000,
    shrinkAfterMs: (options.shrinkAfter ?? SHRINK_AFTER_SECONDS) * 1000,
    onEvent: options.onEvent,
  };
}

function listKinds(sandbox: Sandbox, environment: JailEnvironment | undefined): ShelfKind[] {
  const plain = { environment, isPreloaded: false };
  return mayPreload(sandbox, environment) ? [plain, { environment, isPreloaded: true }] : [plain];
}

/** A template imports what the operator chose, and nothing else. */
const mayPreload = (sandbox: Sandbox, environment: JailEnvironment | undefined): boolean =>
  environment !== undefined &&
  environment.preload.length > 0 &&
  (!isForked(sandbox) || environment.isOperators === true);

/** Leases a warm jail that can be given these limits, or a fresh one. */
async function leaseOne(parts: WarmParts, limits: Limits, leased: LeaseOptions): Promise<Jail> {
  const { sandbox, shape } = parts;
  if (leased.isKept === true || !sandbox.canChange(shape, limits) || !suitsAhead(parts, limits))
    return sandbox.lease(limits, leased);
  const wantsModules = leased.prefersPreloaded === true && mayPreload(sandbox, leased.environment);
  // Imported modules have sized their pools of threads.
  const hasOtherCores = Math.ceil(limits.cpus) !== Math.ceil(shape.cpus);
  if (wantsModules && isForked(sandbox) && hasOtherCores) return sandbox.lease(limits, leased);
  const jail = await takeOne(parts, limits, leased, wantsModules && !hasOtherCores);
  try {
    jail.setLimits(limits);
    return jail;
  } catch (error) {
    await jail[Symbol.asyncDispose]();
    throw error;
  }
}

async function takeOne(
  { sandbox, shelves, shape }: WarmParts,
  limits: Limits,
  { environment, signal }: LeaseOptions,
  wantsModules: boolean,
): Promise<Jail> {
  // A fork of what has imported them is made in a moment.
  const isPreloaded = wantsModules && isForked(sandbox);
  // Modules that a jail imported itself fill memory.
  if (wantsModules && !isPreloaded && limits.memory_mb >= shape.memory_mb) {
    // Never waits for one: importing in the script takes no longer than making a jail with the imports done.
    const jail = shelves.of({ environment, isPreloaded: true }).tryTake();
    if (jail !== undefined) return jail;
  }
  const pool = shelves.of({ environment, isPreloaded });
  try {
    return await pool.take(signal);
  } catch (error) {
    signal?.throwIfAborted();
    // The shelf was removed meanwhile.
    if (pool.isClosed()) return sandbox.lease(limits, { environment, signal, prefersPreloaded: isPreloaded });
    throw error;
  }
}

const isForked = ({ isolation }: Sandbox): boolean => isolation === 'template';

/** A running program may already hold more memory and threads than lower limits would have allowed at its start. */
const suitsAhead = ({ shape, ahead }: WarmParts, { memory_mb, processes }: Limits): boolean =>
  ahead === undefined || (memory_mb >= shape.memory_mb && processes >= shape.processes);

/** Returns the same jail, which calls `then` once after its disposal. */
function whenDisposed(jail: Jail, then: () => void): Jail {
  let disposal: Promise<void> | undefined;
  return {
    gone: jail.gone,
    setLimits: (limits) => jail.setLimits(limits),
    run: (job, options) => jail.run(job, options),
    openSession: (job, options) => jail.openSession(job, options),
    [Symbol.asyncDispose]: () => (disposal ??= jail[Symbol.asyncDispose]().finally(then)),
  };
}
