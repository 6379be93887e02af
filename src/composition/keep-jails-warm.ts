import { toLimitPolicy, type Config } from '../config.ts';
import type { Environments } from '../environments/environments.ts';
import type { EventListener } from '../executor/events.ts';
import type { PoolCounts, PoolEvent } from '../pool/pool.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';
import { warmJails, type WarmSandbox } from '../supply/warm-jails.ts';
import { countMostWarm, MOST_WARM_OF_RUNTIME } from './capacity.ts';

/** Which jails wait for a script, of which kind. */
export interface Warmth {
  /** Undefined where no jail waits. */
  readonly ofPython: ((sandbox: Sandbox) => Sandbox) | undefined;
  readonly ofRuntime: ((sandbox: Sandbox, ahead: Program['command'] | undefined) => Sandbox) | undefined;
  /** Jails wait for what most scripts run in: the default environment as it is now. */
  follow(environments: Pick<Environments, 'resolve'>): void;
  /** The default environment may be another one now. */
  readonly refresh: () => void;
  /** Of Python's jails; undefined where none were opened. */
  readonly count: () => PoolCounts | undefined;
}

export interface WarmthOptions {
  readonly isOff: boolean;
  readonly onEvent: EventListener;
}

/** Most services use no runtime but Python: after so long without a script one jail fewer waits, and then none. */
const WARM_RUNTIME_SECONDS = 300;

export function keepJailsWarm(config: Config, { isOff, onEvent }: WarmthOptions): Warmth {
  const most = isOff ? 0 : countMostWarm(config);
  const shared = {
    defaults: toLimitPolicy(config).defaults,
    maxTimeout: config.maxTimeout,
    maxKinds: config.maxWarmKinds,
    maxAge: config.maxWarmAge,
    onEvent: (event: PoolEvent) => onEvent({ type: 'pool', event }),
  };
  let python: WarmSandbox | undefined;
  let followed: Pick<Environments, 'resolve'> | undefined;

  const refresh = (): void => {
    if (followed !== undefined) python?.keepWarm(followed.resolve(undefined, 'python').environment);
  };

  return {
    ofPython:
      most === 0
        ? undefined
        : (sandbox) => {
            python = warmJails(sandbox, { ...shared, min: Math.min(config.minWarmJails, most), max: most });
            refresh();
            return python;
          },
    ofRuntime:
      most === 0
        ? undefined
        : (sandbox, ahead) =>
            warmJails(sandbox, {
              ...shared,
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
  };
}
