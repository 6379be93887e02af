import { join } from 'node:path';
import type { AllowedRoot } from '../../core/allowed-root.ts';
import type { Limits } from '../../core/contract/limits.ts';
import { packageRoot } from '../../paths.ts';
import { LOG_FD, REPORT_FD } from './descriptors.ts';
import type { OutsideIds } from './ids.ts';
import { planPolicy } from './filter/read-policy.ts';
import { jailFiles, jailKinds, OWN_PROCESSES } from './kinds.ts';
import type { JailKindName } from '../jail-kind.ts';
import { jailPaths } from './image/layout.ts';
import { CERTIFICATES_PATH, PROGRAM_PATH } from '../jail-paths.ts';

/** Everything that decides how one jail is started. */
export interface JailPlanInput {
  readonly nsjail: string;
  readonly limits: Limits;
  readonly ids: OutsideIds;
  /** Path of the interpreter inside the jail. */
  readonly interpreter: string;
  readonly kind: JailKindName;
  /** Program of the host that the jail sees. */
  readonly programFile?: string | undefined;
  /** Modules that the harness imports before it reports readiness. */
  readonly preload: readonly string[];
  /** Command that the harness starts before it reports readiness. */
  readonly ahead?: readonly string[] | undefined;
  /** Environment variables for the import of these modules. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Folder of packages, and its mount point in the jail. */
  readonly packages?: { readonly folder: string; readonly place: string } | undefined;
  /** Directory for the script besides the usual ones; for jails of kind `rooted`. */
  readonly root?: AllowedRoot | undefined;
  /** True when the jail has epoll even if its ids are the service's own. */
  readonly keepsEpoll?: boolean | undefined;
  /** True when a cgroup bounds the jail; otherwise rlimits do. */
  readonly hasCgroup: boolean;
  /** True when scripts may have pseudo-terminals. */
  readonly hasTerminals?: boolean | undefined;
  /** True when jails of this host may get doors to the network. */
  readonly hasNetwork?: boolean | undefined;
  /** Certificates of the host, for these. */
  readonly certificates?: string | undefined;
}

export const guardianFile = join(packageRoot, 'nsjail', 'guardian.sh');
export const starterFile = join(packageRoot, 'nsjail', 'starter.py');

/** User and group id that the script sees as its own. */
export const INSIDE_ID = 65_534;
/** `disk_mb` in nsjail/python.cfg. */
export const CONFIG_DISK_MB = 64;
/** `open_files` in nsjail/python.cfg. */
export const CONFIG_OPEN_FILES = 256;
/** Whole seconds after the service's own deadline at which nsjail ends the jail itself. */
const BACK_STOP_SECONDS = 30;
/** Address space that an interpreter maps before it runs anything, in MiB (rlimits only). */
export const INTERPRETER_SPACE_MB = 64;

/** Returns the environment of nsjail itself, not of the jail. */
export const planEnvironment = (image: string, devices: string): Record<string, string> => ({
  BRIG_ROOT: image,
  BRIG_DEVICES: devices,
});

/** Returns the command that starts a jail: pure, and complete except for the environment. */
export function planJail(input: JailPlanInput): [string, ...string[]] {
  const { nsjail, limits, ids, programFile } = input;
  const files = chooseFiles(input);
  return [
    nsjail,
    // Comes first: nsjail discards options before it.
    '--config',
    files.config,
    ...planPolicy(files),
    // Without this flag nsjail remounts the root read-only without its present flags (nosuid), which the kernel
    // refuses when the image is on a file system mounted with them. The config's own mount of `/` makes it read-only.
    '--rw',
    ...planIdMap(ids),
    '--log_fd',
    String(LOG_FD),
    '--pass_fd',
    String(REPORT_FD),
    // Only the init process has the log: it closes it for the interpreter.
    ...(keepsLog(input) ? ['--pass_fd', String(LOG_FD)] : []),
    '--time_limit',
    String(backStop(limits)),
    ...planDisk(limits),
    ...planOpenFiles(limits),
    ...(input.root === undefined ? [] : planRoot(input.root, limits)),
    ...(programFile === undefined ? [] : ['--bindmount_ro', `${programFile}:${PROGRAM_PATH}`]),
    ...planVariables(input.variables),
    ...(input.packages === undefined
      ? []
      : ['--bindmount_ro', `${input.packages.folder}:${input.packages.place}`]),
    ...planNames(input),
    ...(input.hasCgroup ? [] : planRlimits(limits)),
    '--',
    ...planCommand(input),
  ];
}

/** Returns the config and the filter of a jail. */
export const chooseFiles = (input: Omit<JailPlanInput, 'nsjail'>): ReturnType<typeof jailFiles> =>
  jailFiles(input.kind, {
    withoutEpoll: input.ids.isShared && input.keepsEpoll !== true,
    withoutCgroup: !input.hasCgroup,
    withTerminals: input.hasTerminals === true,
  });

/** Whether process 1 is the init process, which writes to the log. */
export const keepsLog = ({ kind }: Pick<JailPlanInput, 'kind'>): boolean => jailKinds[kind].first === 'init';

/** Returns the command of process 1. */
export function planCommand(input: Omit<JailPlanInput, 'nsjail'>): [string, ...string[]] {
  const words = input.ahead === undefined ? input.preload : ['--start', ...input.ahead];
  const command = planInterpreter(input.interpreter, words);
  return keepsLog(input) ? [jailPaths.init, ...command] : command;
}

/**
 * Returns the command of the harness. The interpreter reads its own variables, as outside: a jail begins with none of
 * them, and what a script sets counts for the script alone.
 */
export const planInterpreter = (interpreter: string, words: readonly string[]): [string, ...string[]] => [
  interpreter,
  ...['-s', '-P', '-S'],
  jailPaths.harness,
  ...words,
];

export const planVariables = (variables: JailPlanInput['variables'] = {}): string[] =>
  Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

/** Seconds after which a jail ends should the service be stopped. */
export const backStop = ({ timeout }: Limits): number => Math.ceil(timeout) + BACK_STOP_SECONDS;

/** Maps the one user and the one group of a jail to ids of the host. */
export function planIdMap({ uid, gid, isSubordinate }: OutsideIds): string[] {
  const [user, group] = isSubordinate ? ['--uid_mapping', '--gid_mapping'] : ['--user', '--group'];
  return [user, `${INSIDE_ID}:${uid}:1`, group, `${INSIDE_ID}:${gid}:1`];
}

/** Mounts a working directory and /tmp of another size over those of the config. */
function planDisk({ disk_mb }: Limits): string[] {
  if (disk_mb === CONFIG_DISK_MB) return [];
  const options = (mode: string): string => `size=${disk_mb}m,nr_inodes=8192,mode=${mode}`;
  return ['--mount', `none:/work:tmpfs:${options('0755')}`, '--mount', `none:/tmp:tmpfs:${options('1777')}`];
}

/** Options of the file system for /etc/hosts of one jail alone, which names the hosts that its script may reach. */
export const NAMES_OPTIONS = 'size=65536,nr_inodes=3,mode=0755';

const planNames = ({
  hasNetwork,
  certificates,
}: Pick<JailPlanInput, 'hasNetwork' | 'certificates'>): string[] => [
  ...(hasNetwork === true ? ['--mount', `none:${jailPaths.names}:tmpfs:${NAMES_OPTIONS}`] : []),
  ...planCertificates(certificates),
];

/** Mounts the certificates that the host trusts. */
export const planCertificates = (file: string | undefined): string[] =>
  file === undefined ? [] : ['--bindmount_ro', `${file}:${CERTIFICATES_PATH}`];

/** Bounds open files of each process otherwise than the config. */
const planOpenFiles = ({ open_files }: Limits): string[] =>
  open_files === CONFIG_OPEN_FILES ? [] : ['--rlimit_nofile', String(open_files)];

/** Mounts a directory of the host, or an empty one in memory, of the size of the working directory. */
function planRoot({ path, hostFolder }: AllowedRoot, { disk_mb }: Limits): string[] {
  if (hostFolder !== undefined) return ['--bindmount', `${hostFolder}:${path}`];
  return ['--mount', `none:${path}:tmpfs:size=${disk_mb}m,nr_inodes=8192,mode=0755`];
}

/** Returns rlimits for memory, CPU time and processes without a cgroup; they bound each process alone. */
function planRlimits({ memory_mb, cpu_time, processes, disk_mb }: Limits): string[] {
  return [
    ...['--rlimit_as', String(memory_mb + INTERPRETER_SPACE_MB)],
    ...['--rlimit_cpu', String(Math.ceil(cpu_time))],
    ...['--rlimit_nproc', String(processes + OWN_PROCESSES)],
    ...['--rlimit_fsize', String(disk_mb)],
  ];
}
