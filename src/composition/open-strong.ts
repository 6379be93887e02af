import { isolations, type Isolation } from '../core/contract/isolation.ts';
import type { StrongerParts } from '../executor/open-place.ts';
import { openRuntimes, type RuntimesOptions } from '../runtimes/open-runtimes.ts';
import type { SupplyRow } from '../supply/jail-row.ts';
import type { Jails } from './open-jails.ts';

/**
 * Supplies jails that are made in a stronger way than the operator's beside those, each row at the first request for
 * it, and none ahead.
 */
export function openStronger(
  { supply }: Pick<Jails, 'supply'>,
  operator: Isolation,
  options: RuntimesOptions,
): StrongerParts {
  const open = (isolation: Isolation): NonNullable<StrongerParts[Isolation]> => {
    const by: SupplyRow = (row) =>
      supply({ ...row, name: `${row.name} by ${isolation}`, isolation, warm: undefined });
    return {
      python: by({ name: 'python', kind: 'python', retry: 'request' }),
      // Those of other runtimes come from nurseries already.
      runtimes:
        isolation === 'nursery' ? undefined : openRuntimes({ ...options, supply: by, warm: undefined }),
    };
  };
  const stronger = isolations.slice(0, isolations.indexOf(operator));
  return Object.fromEntries(stronger.map((isolation) => [isolation, open(isolation)]));
}
