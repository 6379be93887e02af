import { z } from 'zod';
import { DEFAULT_ENVIRONMENT, environmentNameSchema } from '../../core/contract/environment.ts';
import { cpuShares, mebibytes } from '../../settings/foreign-units.ts';
import { count, seconds, setting, type ValuesOf } from '../../settings/setting.ts';

/** Defaults of its limits, as in quartermaster-code-runner. */
export const quartermasterSettings = {
  timeout: setting(
    'BRIG_QUARTERMASTER_TIMEOUT',
    seconds,
    '30',
    'seconds',
    'Wall clock limit of `/dialects/quartermaster` where a request names none.',
    ['DEFAULT_TIMEOUT'],
  ),
  memory_mb: setting(
    'BRIG_QUARTERMASTER_MEMORY_MB',
    count.min(16),
    '256',
    'MiB',
    'Memory limit of `/dialects/quartermaster` where a request names none; `DEFAULT_MEMORY` is a size, `256m`.',
    [mebibytes('DEFAULT_MEMORY')],
  ),
  cpus: setting(
    'BRIG_QUARTERMASTER_CPUS',
    z.coerce.number().min(0.05),
    '0.5',
    'cores',
    'CPU bandwidth of `/dialects/quartermaster` where a request names no `cpu_shares`; `DEFAULT_CPU_SHARES` is in shares, 1024 a core.',
    [cpuShares('DEFAULT_CPU_SHARES')],
  ),
  disk_mb: setting(
    'BRIG_QUARTERMASTER_DISK_MB',
    count,
    '512',
    'MiB',
    'Size of the working directory of `/dialects/quartermaster` where a request names none; `DEFAULT_DISK` is a size, `512m`.',
    [mebibytes('DEFAULT_DISK')],
  ),
  environment: setting(
    'BRIG_QUARTERMASTER_ENVIRONMENT',
    environmentNameSchema,
    DEFAULT_ENVIRONMENT,
    'name',
    '[Environment](moving-from-quartermaster.md#packages-of-its-python-image) of the image `python` of `/dialects/quartermaster`.',
  ),
  network: setting(
    'BRIG_QUARTERMASTER_NETWORK',
    z.enum(['on', 'off']),
    'off',
    'on or off',
    'Whether a run of `/dialects/quartermaster` without `allow_network` has the [network](network.md) that is allowed.',
  ),
} as const;

export type QuartermasterSettings = ValuesOf<typeof quartermasterSettings>;
