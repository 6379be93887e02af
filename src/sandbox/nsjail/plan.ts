import { join } from 'node:path';
import type { AllowedRoot } from '../../core/allowed-root.ts';
import type { Limits } from '../../core/limits.ts';
import { packageRoot } from '../../paths.ts';
import type { OutsideIds } from './ids.ts';
import { jailFiles, type JailKindName } from './kinds.ts';
import { jailPaths, PROGRAM_PATH } from './image/layout.ts';

/** All that decides how one jail is started. */
export interface JailPlanInput {
  readonly nsjail: string;
  readonly limits: Limits;
  readonly ids: OutsideIds;
  /** The interpreter's path inside the jail. */
  readonly interpreter: string;
  readonly kind: JailKindName;
  /** A program of the host that the jail sees. */
  readonly programFile?: string | undefined;
  /** Modules that the harness imports before it says that it is ready. */
  readonly preload: readonly string[];
  /** A command that the harness starts before it says so. */
  readonly ahead?: readonly string[] | undefined;
  /** Environment variables that these modules see when they are imported. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** A folder of packages and its place in the jail. */
  readonly packages?: { readonly folder: string; readonly place: string } | undefined;
  /** A directory that the script gets beside the usual ones; for jails of the kind `rooted`. */
  readonly root?: AllowedRoot | undefined;
  /** Whether it has epoll also where its ids are the service's own. */
  readonly keepsEpoll?: boolean | undefined;
  /** Whether a cgroup bounds it; rlimits do where none does. */
  readonly hasCgroup: boolean;
}

export const guardianFile = join(packageRoot, 'nsjail', 'guardian.sh');
export const starterFile = join(packageRoot, 'nsjail', 'starter.py');

/** Where nsjail/starter.py puts the log and the harness its frames. */
export const LOG_FD = 3;
export const REPORT_FD = 4;
/** The id that the script sees as its own. */
export const INSIDE_ID = 65_534;
/** `disk_mb` as nsjail/python.cfg has it. */
export const CONFIG_DISK_MB = 64;
/** Whole seconds beyond the service's own deadline, after which nsjail ends the jail by itself. */
const BACK_STOP_SECONDS = 30;
/** Address space that an interpreter has mapped before it runs anything, MiB (rlimits only). */
const INTERPRETER_SPACE_MB = 64;

/** Environment of nsjail itself, not of the jail. */
export const planEnvironment = (image: string, devices: string): Record<string, string> => ({
  BRIG_ROOT: image,
  BRIG_DEVICES: devices,
});

/** The command that starts a jail: pure, and complete but for the environment. */
export function planJail(input: JailPlanInput): [string, ...string[]] {
  const { nsjail, limits, ids, interpreter, programFile } = input;
  const files = jailFiles(input.kind, ids.isShared && input.keepsEpoll !== true);
  return [
    nsjail,
    // First: nsjail discards what comes before it.
    '--config',
    files.config,
    '--seccomp_policy',
    files.seccomp,
    // Without it nsjail remounts the root read-only once more, and without the flags that it has (nosuid): the kernel refuses
    // that where the image lies on a file system mounted with such flags. The config's own mount of `/` makes it read-only.
    '--rw',
    ...planIdMap(ids),
    '--log_fd',
    String(LOG_FD),
    '--pass_fd',
    String(REPORT_FD),
    '--time_limit',
    String(Math.ceil(limits.timeout) + BACK_STOP_SECONDS),
    ...planDisk(limits),
    ...(input.root === undefined ? [] : planRoot(input.root, limits)),
    ...(programFile === undefined ? [] : ['--bindmount_ro', `${programFile}:${PROGRAM_PATH}`]),
    ...Object.entries(input.variables ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...(input.packages === undefined
      ? []
      : ['--bindmount_ro', `${input.packages.folder}:${input.packages.place}`]),
    ...(input.hasCgroup ? [] : planRlimits(limits)),
    '--',
    interpreter,
    ...['-I', '-S', '-B', '-X', 'utf8'],
    jailPaths.harness,
    ...(input.ahead === undefined ? input.preload : ['--start', ...input.ahead]),
  ];
}

/** The one user and the one group of a jail, and theirs on the host. */
export function planIdMap({ uid, gid, isSubordinate }: OutsideIds): string[] {
  const [user, group] = isSubordinate ? ['--uid_mapping', '--gid_mapping'] : ['--user', '--group'];
  return [user, `${INSIDE_ID}:${uid}:1`, group, `${INSIDE_ID}:${gid}:1`];
}

/** Another size of the working directory and /tmp is a mount over the one of the config. */
function planDisk({ disk_mb }: Limits): string[] {
  if (disk_mb === CONFIG_DISK_MB) return [];
  const options = (mode: string): string => `size=${disk_mb}m,nr_inodes=8192,mode=${mode}`;
  return ['--mount', `none:/work:tmpfs:${options('0755')}`, '--mount', `none:/tmp:tmpfs:${options('1777')}`];
}

/** A directory of the host as it is, or an empty one in memory, of the size of the working directory. */
function planRoot({ path, hostFolder }: AllowedRoot, { disk_mb }: Limits): string[] {
  if (hostFolder !== undefined) return ['--bindmount', `${hostFolder}:${path}`];
  return ['--mount', `none:${path}:tmpfs:size=${disk_mb}m,nr_inodes=8192,mode=0755`];
}

/** What bounds memory, CPU time and processes where no cgroup does: each process alone. */
function planRlimits({ memory_mb, cpu_time, processes, disk_mb }: Limits): string[] {
  return [
    ...['--rlimit_as', String(memory_mb + INTERPRETER_SPACE_MB)],
    ...['--rlimit_cpu', String(Math.ceil(cpu_time))],
    ...['--rlimit_nproc', String(processes)],
    ...['--rlimit_fsize', String(disk_mb)],
  ];
}
