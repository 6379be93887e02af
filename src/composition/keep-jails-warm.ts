import { toLimitPolicy, type Config } from '../config.ts';
import type { Environments } from '../environments/environments.ts';
import type { EventListener } from '../executor/events.ts';
import type { PoolCounts, PoolEvent } from '../pool/pool.ts';
import type { WarmRuntime } from '../runtimes/supply-runtime.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { warmJails, type WarmJailOptions, type WarmSandbox } from '../supply/warm-jails.ts';
import { countMostWarm, MOST_WARM_OF_RUNTIME } from './capacity.ts';

/** Decides which jails are kept warm, by kind. */
export interface Warmth {
  /** Undefined when no jail is kept warm. */
  readonly ofPython: ((sandbox: Sandbox) => Sandbox) | undefined;
  readonly ofRuntime: WarmRuntime | undefined;
  /** Keeps jails of the default environment warm, which most scripts use. */
  follow(environments: Pick<Environments, 'resolve'>): void;
  /** Looks up the default environment again, after it may have changed. */
  readonly refresh: () => void;
  /** Returns the counts of Python's jails; undefined when none were opened. */
  readonly count: () => PoolCounts | undefined;
  /** Returns the counts of all warm jails, by the name of their row. */
  readonly countAll: () => Readonly<Record<string, PoolCounts>>;
}

export interface WarmthOptions {
  readonly isOff: boolean;
  readonly onEvent: EventListener;
}

/** Seconds without a lease after which one warm jail fewer is kept, down to none: most services use Python only. */
const WARM_RUNTIME_SECONDS = 300;

export function keepJailsWarm(config: Config, { isOff, onEvent }: WarmthOptions): Warmth {
  const most = isOff ? 0 : countMostWarm(config);
  const shared = {
    defaults: toLimitPolicy(config).defaults,
    maxTimeout: config.maxTimeout,
    maxKinds: config.maxWarmKinds,
    maxAge: config.maxWarmAge,
  };
  const opened = new Map<string, WarmSandbox>();
  let python: WarmSandbox | undefined;
  let followed: Pick<Environments, 'resolve'> | undefined;

  const refresh = (): void => {
    if (followed !== undefined) python?.keepWarm(followed.resolve(undefined, 'python').environment);
  };

  const open = (
    jails: string,
    sandbox: Sandbox,
    own: Pick<WarmJailOptions, 'min' | 'max' | 'ahead' | 'shrinkAfter'>,
  ): WarmSandbox => {
    const onPool = (event: PoolEvent): void => onEvent({ type: 'pool', jails, event });
    const warm = warmJails(sandbox, { ...shared, ...own, onEvent: onPool });
    opened.set(jails, warm);
    return warm;
  };

  return {
    ofPython:
      most === 0
        ? undefined
        : (sandbox) => {
            python = open('python', sandbox, { min: Math.min(config.minWarmJails, most), max: most });
            refresh();
            return python;
          },
    ofRuntime:
      most === 0
        ? undefined
        : (runtime, sandbox, ahead) =>
            open(runtime, sandbox, {
              ahead,
              min: 0,
              max: Math.min(most, MOST_WARM_OF_RUNTIME),
              shrinkAfter: WARM_RUNTIME_SECONDS,
            }),
    follow: (environments) => {
      followed = environments;
      refresh();
    },
    refresh,
    count: () => python?.counts(),
    countAll: () => Object.fromEntries([...opened].map(([jails, warm]) => [jails, warm.counts()])),
  };
}
