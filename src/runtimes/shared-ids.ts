import type { RuntimeName } from '../core/contract/runtimes.ts';
import { needsEpoll } from './program-runtimes.ts';

/** Advice for operators whose jails have the service's own id. */
export const sharedIdsRemedy =
  'Give the user of the service subordinate ids and a unit or container without no_new_privs, or accept with BRIG_SHARED_IDS=on that a script can end the service (docs/deployment.md).';

/**
 * Warns, in sentences, about offered runtimes whose jails have the service's own id; empty when none needs epoll.
 */
export function describeSharedIds(offered: readonly RuntimeName[], isAccepted: boolean): readonly string[] {
  const minding = offered.filter(needsEpoll).join(', ');
  if (minding === '') return [];
  return [
    isAccepted
      ? `Jails have the service's own id, as BRIG_SHARED_IDS=on accepts: a script of ${minding} can end the service.`
      : `Jails have the service's own id, so these runtimes are refused: ${minding}. ${sharedIdsRemedy}`,
  ];
}
