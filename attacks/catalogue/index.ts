import { groupNames, type Attack, type Group } from '../attack.ts';
import { cpu } from './cpu.ts';
import { deadline } from './deadline.ts';
import { disk } from './disk.ts';
import { door } from './door.ts';
import { fairness } from './fairness.ts';
import { filesystem } from './filesystem.ts';
import { forging } from './forging.ts';
import { identity } from './identity.ts';
import { information } from './information.ts';
import { kernelMemory } from './kernel-memory.ts';
import { leaks } from './leaks.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { processes } from './processes.ts';
import { requests } from './requests.ts';
import { syscalls } from './syscalls.ts';

export const catalogue: Readonly<Record<Group, readonly Attack[]>> = {
  syscalls,
  filesystem,
  network,
  processes,
  identity,
  memory,
  'kernel memory': kernelMemory,
  cpu,
  deadline,
  disk,
  forging,
  information,
  leaks,
  requests,
  door,
  fairness,
};

/** Every attack with its group, in the order of the report. */
export const listAttacks = (wanted: readonly Group[] = groupNames): { group: Group; attack: Attack }[] =>
  groupNames
    .filter((group) => wanted.includes(group))
    .flatMap((group) => catalogue[group].map((attack) => ({ group, attack })));
