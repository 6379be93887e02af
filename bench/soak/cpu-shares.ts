import { availableParallelism } from 'node:os';
import { createServiceMeter, readMachineCpuMs } from '../cpu-time.ts';
import { sum } from '../statistics.ts';

/** Shares of all cores, from 0 to 1. */
export interface CpuShares {
  /** The service, its helpers and its jails; undefined where it cannot be seen. */
  readonly service: number | undefined;
  /** Everything on the machine, the soak itself included. */
  readonly machine: number;
}

/** Gives the shares of the time since it was made. */
export function createCpuShares(pid: number | undefined): () => CpuShares {
  const meter = pid === undefined ? undefined : createServiceMeter(pid);
  const read = (): { at: number; service: number | undefined; machine: number } => ({
    at: performance.now(),
    service: meter && sum(Object.values<number>({ ...meter() })),
    machine: readMachineCpuMs(),
  });
  const first = read();
  return () => {
    const now = read();
    const all = (now.at - first.at) * availableParallelism();
    return {
      service:
        now.service === undefined || first.service === undefined
          ? undefined
          : (now.service - first.service) / all,
      machine: (now.machine - first.machine) / all,
    };
  };
}
