import { MIB } from '../core/contract/limits.ts';
import type { Config } from '../config.ts';
import { createDoorkeeper } from '../network/doorkeeper.ts';

type Open = ReturnType<typeof createDoorkeeper>;

export interface DoorkeeperSlot {
  /** Returns the one doorkeeper of a service; undefined where scripts have no network. */
  get(python: string): Open | undefined;
  close(): Promise<void>;
}

/** Starts the doorkeeper when the first jails are opened, and nothing where scripts have no network. */
export function openDoorkeeper(config: Config): DoorkeeperSlot {
  let opened: Open | undefined;
  return {
    get: (python) => {
      if (config.network.length === 0) return undefined;
      opened ??= createDoorkeeper({
        python,
        dns: config.networkDns,
        atOnce: config.networkAtOnce,
        connections: config.networkConnections,
        bytes: config.networkMb * MIB,
        idleMs: config.networkIdle * 1000,
        allAtOnce: config.networkAllAtOnce,
      });
      return opened;
    },
    close: async () => opened?.close(),
  };
}
