import { z } from 'zod';
import { count, seconds, setting } from './setting.ts';

/** Executions at once, the queue in front of them, and warm jails. */
export const capacitySettings = {
  maxConcurrent: setting(
    'BRIG_MAX_CONCURRENT',
    count,
    undefined,
    'executions',
    'Executions at once; by default one and a half per core, at least 2.',
  ),
  maxWaiting: setting(
    'BRIG_MAX_WAITING',
    z.coerce.number().int().min(0),
    '100',
    'requests',
    'Requests that may wait for their turn; beyond it `overloaded`.',
  ),
  maxWait: setting(
    'BRIG_MAX_WAIT',
    seconds,
    '30',
    'seconds',
    'Longest wait for a turn; beyond it `overloaded`.',
  ),
  maxInflightMb: setting(
    'BRIG_MAX_INFLIGHT_MB',
    count.min(16),
    undefined,
    'MiB',
    'Bodies and answers that the service holds at once, together; beyond it `overloaded`. By default an eighth of the memory, from 256 to 512. A caller has at most as much as is left free.',
  ),
  minWarmJails: setting(
    'BRIG_MIN_WARM_JAILS',
    z.coerce.number().int().min(0),
    '1',
    'jails',
    'Fewest jails of the default environment that wait for a script with their interpreter loaded.',
  ),
  maxWarmJails: setting(
    'BRIG_MAX_WARM_JAILS',
    z.coerce.number().int().min(0),
    undefined,
    'jails',
    'Most jails of one kind that wait; demand decides between the two. By default 2 per core; 0 starts every jail for its script.',
  ),
  maxWarmAge: setting(
    'BRIG_MAX_WARM_AGE',
    seconds,
    '300',
    'seconds',
    'Time after which a jail that nobody needed is replaced by a fresh one.',
  ),
  maxWarmKinds: setting(
    'BRIG_MAX_WARM_KINDS',
    count.min(2),
    '6',
    'kinds',
    'Kinds of jails that wait at once: those of an environment, and those of it with modules imported ahead.',
  ),
} as const;
