import { availableParallelism } from 'node:os';
import type { Limits } from '../core/limits.ts';
import type { PoolCounts, PoolEvent } from '../pool/pool.ts';
import type { Jail, JailEnvironment, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';
import { createShelves, type ShelfKind } from './shelves.ts';

export interface WarmJailOptions {
  /** The limits most requests have: jails are made for them, and given others when leased. */
  readonly defaults: Limits;
  /** The longest wall clock limit that a waiting jail can be given, in seconds. */
  readonly maxTimeout: number;
  /** Fewest and most jails that wait, of each kind. */
  readonly min: number;
  readonly max: number;
  /** Most kinds of jails that wait: environments, with their modules imported ahead and without. */
  readonly maxKinds: number;
  /** Seconds after which a jail that nobody took is replaced. */
  readonly maxAge: number;
  /** Seconds without takers after which one fewer waits; ten where it is left out. */
  readonly shrinkAfter?: number | undefined;
  /** A program that waiting jails have started already. */
  readonly ahead?: LeaseOptions['ahead'];
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

/** A sandbox some of whose jails wait already; the same port, the same isolation, one jail for one execution. */
export interface WarmSandbox extends Sandbox {
  counts(): PoolCounts;
  /** Jails of this environment wait from now on, whether or not anybody came for it. */
  keepWarm(environment: JailEnvironment | undefined): void;
}

const SHRINK_AFTER_SECONDS = 10;
/** Jails that hold imported modules hold their memory too. */
const MOST_PRELOADED = 2;

/**
 * Puts shelves of waiting jails before a sandbox, one for each kind. What a waiting jail cannot be given (another disk
 * size) is started for the occasion, with the same verdicts.
 */
export function warmJails(sandbox: Sandbox, options: WarmJailOptions): WarmSandbox {
  const { ahead } = options;
  const cores = availableParallelism();
  const shape: Limits = { ...options.defaults, timeout: options.maxTimeout + options.maxAge };
  let busy = 0;

  const shelves = createShelves({
    most: options.maxKinds,
    pool: ({ environment, isPreloaded }, isKept) => ({
      create: (signal) =>
        sandbox.lease(shape, {
          signal,
          environment,
          preload: isPreloaded ? environment?.preload : [],
          ahead,
        }),
      // On other shelves the first taker waits for its jail, and the next find one.
      min: isKept ? options.min : 0,
      max: isPreloaded ? Math.min(options.max, MOST_PRELOADED) : options.max,
      maxAgeMs: options.maxAge * 1000,
      makersAtOnce: isPreloaded ? 1 : cores,
      // Making a jail costs a core for 20 ms: not while every core runs a script.
      hasSpareTime: () => busy < cores,
      shrinkAfterMs: (options.shrinkAfter ?? SHRINK_AFTER_SECONDS) * 1000,
      onEvent: options.onEvent,
    }),
  });

  const lease = async (limits: Limits, leased: LeaseOptions = {}): Promise<Jail> => {
    busy += 1;
    try {
      const jail =
        sandbox.canChange(shape, limits) && suitsAhead(limits)
          ? await adopt(limits, leased)
          : await sandbox.lease(limits, leased);
      return whenDisposed(jail, release);
    } catch (error) {
      release();
      throw error;
    }
  };

  const adopt = async (limits: Limits, leased: LeaseOptions): Promise<Jail> => {
    const jail = await take(limits, leased);
    try {
      jail.setLimits(limits);
      return jail;
    } catch (error) {
      await jail[Symbol.asyncDispose]();
      throw error;
    }
  };

  const take = async (
    limits: Limits,
    { environment, prefersPreloaded, signal }: LeaseOptions,
  ): Promise<Jail> => {
    if (prefersPreloaded === true && suitsPreloaded(limits)) {
      // Nobody waits for one: importing in the script takes no longer than making a jail that has.
      const jail = shelves.of({ environment, isPreloaded: true }).tryTake();
      if (jail !== undefined) return jail;
    }
    const pool = shelves.of({ environment, isPreloaded: false });
    try {
      return await pool.take(signal);
    } catch (error) {
      signal?.throwIfAborted();
      // The shelf was taken down meanwhile.
      if (pool.isClosed()) return sandbox.lease(limits, { environment, signal });
      throw error;
    }
  };

  /** What is imported already fills memory, and has sized its thread pools. */
  const suitsPreloaded = ({ memory_mb, cpus }: Limits): boolean =>
    memory_mb >= shape.memory_mb && Math.ceil(cpus) === Math.ceil(shape.cpus);

  /** What runs already may have more memory and threads than less would allow it to start with. */
  const suitsAhead = ({ memory_mb, processes }: Limits): boolean =>
    ahead === undefined || (memory_mb >= shape.memory_mb && processes >= shape.processes);

  const release = (): void => {
    busy -= 1;
    shelves.refill();
  };

  const keepWarm = (environment: JailEnvironment | undefined): void => {
    const kinds: ShelfKind[] = [{ environment, isPreloaded: false }];
    if (environment !== undefined && environment.preload.length > 0)
      kinds.push({ environment, isPreloaded: true });
    shelves.keep(kinds);
  };

  keepWarm(undefined);
  return {
    enforcement: sandbox.enforcement,
    identity: sandbox.identity,
    canChange: (from, to) => sandbox.canChange(from, to),
    lease,
    counts: () => shelves.counts(),
    keepWarm,
    close: async () => {
      await shelves.close();
      await sandbox.close();
    },
  };
}

/** The same jail; `then` is called once when it is gone. */
function whenDisposed(jail: Jail, then: () => void): Jail {
  let disposal: Promise<void> | undefined;
  return {
    gone: jail.gone,
    setLimits: (limits) => jail.setLimits(limits),
    run: (job, options) => jail.run(job, options),
    [Symbol.asyncDispose]: () => (disposal ??= jail[Symbol.asyncDispose]().finally(then)),
  };
}
