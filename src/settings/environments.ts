import { z } from 'zod';
import { count, seconds, setting } from './setting.ts';

/** Package environments: who may build them, from what, and how long they stay. */
export const environmentsSettings = {
  builds: setting(
    'BRIG_BUILDS',
    z.enum(['off', 'wheels', 'all']),
    'off',
    'what',
    'What callers of the API may build: nothing, packages that come as wheels, or anything (`all`: foreign code runs, with the network, in the build jail).',
  ),
  buildNetwork: setting(
    'BRIG_BUILD_NETWORK',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    "Whether builds have the host's network; without it they install only from folders of pip's `find-links`.",
  ),
  installer: setting(
    'BRIG_INSTALLER',
    z.enum(['uv', 'pip']),
    undefined,
    'program',
    'What installs packages for Python; by default uv, which takes half the time, where the set-up brought it, else pip.',
  ),
  buildTimeout: setting('BRIG_BUILD_TIMEOUT', seconds, '900', 'seconds', 'Longest time a build may take.'),
  buildMemoryMb: setting(
    'BRIG_BUILD_MEMORY_MB',
    count.min(256),
    '2048',
    'MiB',
    'Memory of a build, its files not counted.',
  ),
  buildDiskMb: setting(
    'BRIG_BUILD_DISK_MB',
    count.min(32),
    '3072',
    'MiB',
    'Files of a build, downloads and temporary ones included; they lie in memory until it is done.',
  ),
  buildFiles: setting(
    'BRIG_BUILD_FILES',
    count.min(100),
    '100000',
    'files',
    'Most files, folders and links of one environment.',
  ),
  environmentsFiles: setting(
    'BRIG_ENVIRONMENTS_FILES',
    count,
    '2000000',
    'files',
    'Files, folders and links of all environments together; beyond it none is built.',
  ),
  keyEnvironments: setting(
    'BRIG_KEY_ENVIRONMENTS',
    count,
    '20',
    'environments',
    'Most environments of an API key that says nothing else.',
  ),
  keyEnvironmentsMb: setting(
    'BRIG_KEY_ENVIRONMENTS_MB',
    count,
    '5120',
    'MiB',
    'Disk space of the environments of an API key that says nothing else.',
  ),
  environmentsMb: setting(
    'BRIG_ENVIRONMENTS_MB',
    count,
    '20480',
    'MiB',
    'Disk space of all environments together, in whole blocks; beyond it none is built.',
  ),
  maxUnusedDays: setting(
    'BRIG_MAX_UNUSED_DAYS',
    z.coerce.number().min(0),
    '30',
    'days',
    'Days after which an environment that nobody used is removed; 0 keeps all. `default` always stays.',
    ['CLEANUP_MAX_AGE_DAYS'],
  ),
  pruneInterval: setting(
    'BRIG_PRUNE_INTERVAL_HOURS',
    z.coerce.number().positive().max(500),
    '1',
    'hours',
    'Hours between two looks for environments that nobody used.',
    ['CLEANUP_INTERVAL_HOURS'],
  ),
} as const;
