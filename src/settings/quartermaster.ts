import { z } from 'zod';
import { cpuShares, mebibytes } from './foreign-units.ts';
import { count, seconds, setting } from './setting.ts';

/** Defaults of `/dialects/quartermaster`, as in quartermaster-code-runner. */
export const quartermasterSettings = {
  quartermasterTimeout: setting(
    'BRIG_QUARTERMASTER_TIMEOUT',
    seconds,
    '30',
    'seconds',
    'Wall clock limit of `/dialects/quartermaster` where a request names none.',
    ['DEFAULT_TIMEOUT'],
  ),
  quartermasterMemoryMb: setting(
    'BRIG_QUARTERMASTER_MEMORY_MB',
    count.min(16),
    '256',
    'MiB',
    'Memory limit of `/dialects/quartermaster` where a request names none; `DEFAULT_MEMORY` is a size, `256m`.',
    [mebibytes('DEFAULT_MEMORY')],
  ),
  quartermasterCpus: setting(
    'BRIG_QUARTERMASTER_CPUS',
    z.coerce.number().min(0.05),
    '0.5',
    'cores',
    'CPU bandwidth of `/dialects/quartermaster` where a request names no `cpu_shares`; `DEFAULT_CPU_SHARES` is in shares, 1024 a core.',
    [cpuShares('DEFAULT_CPU_SHARES')],
  ),
  quartermasterDiskMb: setting(
    'BRIG_QUARTERMASTER_DISK_MB',
    count,
    '512',
    'MiB',
    'Size of the working directory of `/dialects/quartermaster` where a request names none; `DEFAULT_DISK` is a size, `512m`.',
    [mebibytes('DEFAULT_DISK')],
  ),
} as const;

/** Ceiling of each default. */
export const quartermasterCeilings = {
  quartermasterTimeout: 'maxTimeout',
  quartermasterMemoryMb: 'maxMemoryMb',
  quartermasterCpus: 'maxCpus',
  quartermasterDiskMb: 'maxDiskMb',
} as const;
