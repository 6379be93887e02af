import type { Health } from '../core/contract/health.ts';
import type { Isolation } from '../core/contract/isolation.ts';
import type { Admission } from '../pool/admission.ts';
import type { PoolCounts } from '../pool/pool.ts';
import type { RuntimeRegistry } from '../runtimes/registry.ts';
import type { JailSupply } from '../supply/jail-supply.ts';

export interface HealthParts {
  /** Supply of Python's jails; its state is the readiness of the service. */
  readonly python: Pick<JailSupply, 'current'>;
  readonly runtimes: Pick<RuntimeRegistry, 'readiness'>;
  readonly admission: Admission;
  readonly countJails: () => PoolCounts | undefined;
  readonly version: string;
  /** Warnings about the host for the operator, in sentences. */
  readonly warnings: () => readonly string[];
  /** Way in which jails are made here. */
  readonly isolation: Isolation;
}

/** Builds the answer of `/health`: the layers of the last probe, and the load. */
export function describeHealth(
  { python, runtimes, admission, countJails, version, warnings, isolation }: HealthParts,
  isClosing: boolean,
): Health {
  const state = python.current();
  const told = warnings();
  const reason = isClosing
    ? 'The service is shutting down.'
    : state.isReady
      ? undefined
      : [state.reason, state.remedy].filter(Boolean).join(' ');
  return {
    status: reason === undefined ? 'healthy' : 'unhealthy',
    service: 'Python Script Executor',
    version,
    ...(reason === undefined ? {} : { reason }),
    ...(told.length === 0 ? {} : { warnings: [...told] }),
    isolation,
    sandbox: state.layers,
    runtimes: runtimes.readiness(),
    pool: {
      running: admission.running,
      waiting: admission.waiting,
      capacity: admission.options.capacity,
      waiting_room: admission.options.waitingRoom,
      ...describePool(countJails()),
    },
  };
}

function describePool(counts: PoolCounts | undefined) {
  const { warm = 0, building = 0, built = 0, discarded = 0, cold = 0 } = counts ?? {};
  return { warm, building, built, discarded, cold_starts: cold };
}
