import type { Health } from '../core/health.ts';
import type { Admission } from '../pool/admission.ts';
import type { PoolCounts } from '../pool/pool.ts';
import type { JailSupply } from '../supply/jail-supply.ts';

export interface HealthParts {
  /** Python's jails, whose state is the service's own. */
  readonly python: Pick<JailSupply, 'current'>;
  readonly admission: Admission;
  readonly countJails: () => PoolCounts | undefined;
  readonly version: string;
  /** What an operator should know of the host, in sentences. */
  readonly warnings: () => readonly string[];
}

/** What `/health` answers: what the last probe saw, and how busy the service is. */
export function describeHealth(
  { python, admission, countJails, version, warnings }: HealthParts,
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
    sandbox: state.layers,
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
