import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MIB, type Limits } from '../../../core/contract/limits.ts';
import { jailPaths } from '../image/layout.ts';
import { OWN_PROCESSES } from '../kinds.ts';
import { makeFilter } from '../filter/make-filter.ts';
import type { PolicyFiles } from '../filter/read-policy.ts';
import {
  backStop,
  chooseFiles,
  CONFIG_DISK_MB,
  INSIDE_ID,
  INTERPRETER_SPACE_MB,
  NAMES_OPTIONS,
  keepsLog,
  planCommand,
  type JailPlanInput,
} from '../plan.ts';
import { planJailSteps } from './jail-steps.ts';
import { PROGRAMS } from './plan-outer.ts';
import { planKeeper } from './keeper-steps.ts';
import { readJailConfig, type ConfigMount, type JailConfig } from './read-config.ts';
import type { Step } from './table.ts';

/** A jail as nsjail would be told to start it, and what only its steps name. */
export interface NurseryJail extends Omit<JailPlanInput, 'nsjail' | 'root'> {
  /** Folder of its device nodes on the host; undefined where it has the host's. */
  readonly devices: string | undefined;
  /** Cgroup files to enter, as many as hierarchies. */
  readonly joinFiles: readonly string[];
  /** Whether jails have other ids than the nursery. */
  readonly hasOwnIds: boolean;
  /** Whether it is forked from a template. */
  readonly isForked: boolean;
}

/** Place of the device nodes of all jails in the outer jail (nsjail/nursery.cfg, nsjail/template.cfg). */
const placeOfNodes = (isForked: boolean): string => (isForked ? '/work' : '/tmp');

/** Returns the steps that make a jail: those of its keeper, then those of its first process. */
export function planNurseryJail(jail: NurseryJail): Step[] {
  const files = chooseFiles(jail);
  const inside = { uid: INSIDE_ID, gid: INSIDE_ID };
  const ids = jail.hasOwnIds ? jail.ids : inside;
  const config = adaptConfig(readConfig(files.config), jail);
  const plan = {
    config,
    insideId: INSIDE_ID,
    ids,
    program: jail.programFile === undefined ? undefined : `${PROGRAMS}/${basename(jail.programFile)}`,
    devices:
      jail.devices === undefined ? undefined : `${placeOfNodes(jail.isForked)}/${basename(jail.devices)}`,
    lastCapability: lastCapability(),
    keepsLog: keepsLog(jail),
    filter: readFilter(files),
    command: planCommand(jail),
    variables: [
      ...config.variables,
      ...Object.entries(jail.variables ?? {}).map(([name, value]) => `${name}=${value}`),
    ],
    isForked: jail.isForked,
  };
  const keeper = {
    ids: jail.hasOwnIds ? ids : undefined,
    leaves: jail.joinFiles.length,
    backStopSeconds: backStop(jail.limits),
    sharesMemory: jail.isForked,
  };
  const { length } = planKeeper(keeper, 0);
  return [...planKeeper(keeper, length), ...planJailSteps(plan, length)];
}

/** Puts limits of a request in the place of the config's. */
function adaptConfig(
  config: JailConfig,
  { limits, hasCgroup, hasNetwork }: Pick<NurseryJail, 'limits' | 'hasCgroup' | 'hasNetwork'>,
): JailConfig {
  const { disk_mb, open_files } = limits;
  return {
    ...config,
    mounts: [
      ...config.mounts.map((mount) =>
        mount.type === 'tmpfs' && DISK_PLACES.has(mount.place)
          ? { ...mount, options: mount.options.replace(`size=${CONFIG_DISK_MB}m`, `size=${disk_mb}m`) }
          : mount,
      ),
      ...(hasNetwork === true ? [ofNames] : []),
    ],
    limits: new Map([...config.limits, ['nofile', open_files], ...(hasCgroup ? [] : boundProcesses(limits))]),
  };
}

/** The file system that nsjail is told to mount for a jail with a network. */
const ofNames: ConfigMount = {
  ...{ place: jailPaths.names, type: 'tmpfs', options: NAMES_OPTIONS, isNeeded: true, isWritable: true },
  ...{ isNosuid: true, isNodev: true, isNoexec: false },
};

/** File systems whose size `disk_mb` is. */
const DISK_PLACES = new Set(['/work', '/tmp']);

/** Limits for memory, CPU time and processes without a cgroup, as `planRlimits` has them for nsjail. */
function boundProcesses({ memory_mb, cpu_time, processes, disk_mb }: Limits): [string, number][] {
  return [
    ['as', (memory_mb + INTERPRETER_SPACE_MB) * MIB],
    ['cpu', Math.ceil(cpu_time)],
    ['nproc', processes + OWN_PROCESSES],
    ['fsize', disk_mb * MIB],
  ];
}

/** Files of the package never change while it runs. */
function remember<T>(read: (file: string) => T): (file: string) => T {
  const known = new Map<string, T>();
  return (file) => {
    const found = known.get(file);
    if (found !== undefined) return found;
    const made = read(file);
    known.set(file, made);
    return made;
  };
}

const readConfig = remember((file) => readJailConfig(readFileSync(file, 'utf8')));
const filters = new Map<string, Buffer>();
function readFilter(files: PolicyFiles): Buffer {
  const key = `${files.first ?? ''}\0${files.seccomp}`;
  const filter = filters.get(key) ?? makeFilter(files);
  filters.set(key, filter);
  return filter;
}
const readNumber = remember((file) => Number(readFileSync(file, 'utf8')));
const lastCapability = (): number => readNumber('/proc/sys/kernel/cap_last_cap');
