import type { AddressKind } from '../../core/contract/network/addresses.ts';
import {
  MOST_REFUSALS,
  MOST_TARGET,
  type CountedRefusal,
  type NetworkRefusal,
  type NetworkReport,
} from '../../core/contract/network/report.ts';

/** Counts what went through the doors of one execution, and what did not. */
export interface Ledger {
  connected(door: string): void;
  /** Counts bytes; false once there are more than may pass. */
  pass(door: string, way: 'sent' | 'received', bytes: number): boolean;
  refuse(target: string, reason: NetworkRefusal, address?: AddressKind | 'own'): void;
  report(): NetworkReport;
}

export function createLedger(doors: readonly string[], mostBytes: number): Ledger {
  const traffic = new Map(
    [...new Set(doors)].map((door) => [door, { door, connections: 0, bytes_sent: 0, bytes_received: 0 }]),
  );
  const total = { sent: 0, received: 0 };
  const refusals = new Map<string, CountedRefusal>();
  let leftOut = 0;
  return {
    connected: (door) => {
      const counts = traffic.get(door);
      if (counts !== undefined) counts.connections += 1;
    },
    pass: (door, way, bytes) => {
      const counts = traffic.get(door);
      total[way] += bytes;
      if (counts !== undefined) counts[`bytes_${way}`] += bytes;
      return total[way] <= mostBytes;
    },
    refuse: (target, reason, address) => {
      const told = target.slice(0, MOST_TARGET).toWellFormed();
      const key = `${reason} ${address ?? ''} ${told}`;
      const known = refusals.get(key);
      if (known !== undefined) known.count += 1;
      else if (refusals.size >= MOST_REFUSALS) leftOut += 1;
      else
        refusals.set(key, { target: told, reason, ...(address === undefined ? {} : { address }), count: 1 });
    },
    report: () => ({
      doors: [...traffic.values()],
      refusals: [...refusals.values()],
      refusals_left_out: leftOut,
    }),
  };
}
