import type { StrongParts } from '../executor/open-place.ts';
import { openRuntimes, type RuntimesOptions } from '../runtimes/open-runtimes.ts';
import type { SupplyRow } from '../supply/jail-row.ts';
import type { Jails } from './open-jails.ts';

/** Supplies jails by nsjail beside those of nurseries, each row at the first request for it, and none ahead. */
export function openStrong({ supply }: Pick<Jails, 'supply'>, options: RuntimesOptions): StrongParts {
  const byNsjail: SupplyRow = (row) =>
    supply({ ...row, name: `${row.name} by nsjail`, isolation: 'nsjail', warm: undefined });
  return {
    python: byNsjail({ name: 'python', kind: 'python', retry: 'request' }),
    runtimes: openRuntimes({ ...options, supply: byNsjail, warm: undefined }),
  };
}
