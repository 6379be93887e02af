import { join } from 'node:path';
import { packageRoot } from '../../../paths.ts';
import type { BuildOptions } from '../../package-builder.ts';
import { LOG_FD, REPORT_FD } from '../descriptors.ts';
import type { OutsideIds } from '../ids.ts';
import { jailFiles } from '../kinds.ts';
import { planIdMap } from '../plan.ts';
import { linkFolder } from './index-settings.ts';

export const buildConfig = join(packageRoot, 'nsjail', 'build.cfg');

/** Everything that decides how a build jail is started. */
export interface BuildPlanInput {
  readonly nsjail: string;
  readonly ids: OutsideIds;
  /** True when a cgroup bounds the jail; otherwise rlimits do. */
  readonly hasCgroup: boolean;
  readonly interpreter: string;
  /** Language of the installer, which selects the filter of system calls. */
  readonly kind: 'python' | 'node';
  /** Source of the program that installs. */
  readonly program: string;
  /** Folders of the host that hold packages. */
  readonly folders: readonly string[];
  readonly network: boolean;
  readonly limits: BuildOptions['limits'];
  readonly processes: number;
}

/** Whole seconds after the service's own deadline at which nsjail ends the jail itself. */
const BACK_STOP_SECONDS = 30;

/** Returns the command that starts a build jail. */
export function planBuild(input: BuildPlanInput): [string, ...string[]] {
  const { limits, ids } = input;
  return [
    input.nsjail,
    // Comes first: nsjail discards options before it.
    ...['--config', buildConfig],
    ...['--seccomp_policy', jailFiles(input.kind === 'node' ? 'v8' : 'python').seccomp],
    '--rw',
    ...planIdMap(ids),
    ...['--log_fd', String(LOG_FD)],
    ...['--pass_fd', String(REPORT_FD)],
    ...['--time_limit', String(Math.ceil(limits.timeout) + BACK_STOP_SECONDS)],
    ...(input.network ? ['--disable_clone_newnet'] : []),
    ...['--mount', `none:/work:tmpfs:size=${limits.diskMb}m,nr_inodes=300000,mode=0755`],
    ...input.folders.flatMap((folder, index) => ['--bindmount_ro', `${folder}:${linkFolder}/${index}`]),
    ...(input.hasCgroup ? [] : planRlimits(input)),
    '--',
    input.interpreter,
    ...['-I', '-S', '-B', '-X', 'utf8', '-c', input.program],
  ];
}

/** Returns rlimits for a build without a cgroup; they bound each process alone. */
function planRlimits({ limits, processes }: BuildPlanInput): string[] {
  return [
    ...['--rlimit_as', String(limits.memoryMb)],
    ...['--rlimit_cpu', String(Math.ceil(limits.timeout * limits.cpus))],
    ...['--rlimit_nproc', String(processes)],
    ...['--rlimit_fsize', String(limits.diskMb)],
  ];
}
