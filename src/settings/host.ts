import { z } from 'zod';
import { isolationSchema } from '../core/contract/isolation.ts';
import { optionalLayers } from '../core/contract/health.ts';
import { list, setting } from './setting.ts';

/** Resources of the host for jails. */
export const hostSettings = {
  isolation: setting(
    'BRIG_ISOLATION',
    isolationSchema,
    'nsjail',
    'nsjail, nursery or template',
    'How jails are made: by an nsjail for each, by a small process in an outer jail, which costs less ([Nursery](nursery.md)), or of an interpreter that has loaded modules ([Templates](templates.md)).',
  ),
  optionalLayers: setting(
    'BRIG_OPTIONAL_LAYERS',
    list(optionalLayers),
    '',
    'layers',
    'Layers of isolation that may be missing, with commas between; `/health` and every response then say what holds instead.',
  ),
  sharedIds: setting(
    'BRIG_SHARED_IDS',
    z.enum(['on', 'off']),
    'off',
    'on or off',
    "Whether runtimes that need epoll run where jails have the service's own id on the host: their scripts can then end the service.",
  ),
  terminals: setting(
    'BRIG_TERMINALS',
    z.enum(['on', 'off']),
    'off',
    'on or off',
    "Whether Python scripts have pseudo-terminals: a script can then make the kernel use the host's processors beyond every limit ([Isolation](isolation.md#pseudo-terminals)).",
  ),
  toolbox: setting(
    'BRIG_TOOLBOX',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    "Whether jails have tools besides a shell (`ls`, `cat`, `grep`, …): the host's coreutils and the like, or its busybox. None gives rights, and none reaches a network.",
  ),
  nsjail: setting(
    'BRIG_NSJAIL',
    z.string().min(1),
    undefined,
    'path',
    'The nsjail binary; by default the one that the set-up installed, else `nsjail` on `PATH`.',
  ),
  stateDir: setting(
    'BRIG_STATE_DIR',
    z.string().min(1),
    undefined,
    'path',
    'Where the root images of jails and the environments are kept; by default /var/lib/brig as root, else ~/.cache/brig.',
  ),
  preparedDir: setting(
    'BRIG_PREPARED_DIR',
    z.string().min(1),
    undefined,
    'path',
    'A folder that `brig prepare` filled, as in the container image: what is there is used, never changed, and not made again in `BRIG_STATE_DIR`.',
  ),
  cgroupParent: setting(
    'BRIG_CGROUP_PARENT',
    z.string().min(1),
    undefined,
    'path',
    'A cgroup delegated to the service, relative to the cgroup mount; by default its own.',
  ),
} as const;
