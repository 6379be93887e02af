import { availableParallelism } from 'node:os';
import type { Limits } from '../core/limits.ts';
import { createPool, type PoolCounts, type PoolEvent } from '../pool/pool.ts';
import type { Jail, LeaseOptions, Sandbox } from '../sandbox/sandbox.ts';

export interface WarmJailOptions {
  /** The limits most requests have: jails are made for them, and given others when leased. */
  readonly defaults: Limits;
  /** The longest wall clock limit that a waiting jail can be given, in seconds. */
  readonly maxTimeout: number;
  /** Fewest and most jails that wait. */
  readonly min: number;
  readonly max: number;
  /** Seconds after which a jail that nobody took is replaced. */
  readonly maxAge: number;
  readonly onEvent?: ((event: PoolEvent) => void) | undefined;
}

/** A sandbox some of whose jails wait already; the same port, the same isolation, one jail for one execution. */
export interface WarmSandbox extends Sandbox {
  counts(): PoolCounts;
}

/** Without takers for so long, one jail fewer waits. */
const SHRINK_AFTER_MS = 10_000;

/**
 * Puts a shelf of waiting jails before a sandbox. What a waiting jail cannot be given (another disk size) is started
 * for the occasion, with the same verdicts.
 */
export function warmJails(sandbox: Sandbox, options: WarmJailOptions): WarmSandbox {
  const cores = availableParallelism();
  const shape: Limits = { ...options.defaults, timeout: options.maxTimeout + options.maxAge };
  let busy = 0;

  const pool = createPool<Jail>({
    create: (signal) => sandbox.lease(shape, { signal, isAhead: true }),
    min: options.min,
    max: options.max,
    maxAgeMs: options.maxAge * 1000,
    makersAtOnce: cores,
    // Making a jail costs a core for 20 ms: not while every core runs a script.
    hasSpareTime: () => busy < cores,
    shrinkAfterMs: SHRINK_AFTER_MS,
    onEvent: options.onEvent,
  });

  const lease = async (limits: Limits, { signal }: LeaseOptions = {}): Promise<Jail> => {
    busy += 1;
    try {
      const jail = sandbox.canChange(shape, limits)
        ? await adopt(limits, signal)
        : await sandbox.lease(limits, { signal });
      return whenDisposed(jail, release);
    } catch (error) {
      release();
      throw error;
    }
  };

  const adopt = async (limits: Limits, signal: AbortSignal | undefined): Promise<Jail> => {
    const jail = await pool.take(signal);
    try {
      jail.setLimits(limits);
      return jail;
    } catch (error) {
      await jail[Symbol.asyncDispose]();
      throw error;
    }
  };

  const release = (): void => {
    busy -= 1;
    pool.refill();
  };

  return {
    enforcement: sandbox.enforcement,
    identity: sandbox.identity,
    canChange: (from, to) => sandbox.canChange(from, to),
    lease,
    counts: () => pool.counts(),
    close: async () => {
      await pool.close();
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
