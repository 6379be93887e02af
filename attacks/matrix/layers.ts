import type { Limits } from '../../src/core/contract/limits.ts';

/** A layer of isolation that can be left out of a jail, and how that is done. */
export interface LayerOff {
  readonly name: string;
  /** Way of leaving it out, in words. */
  readonly how: string;
  /** The config of the jail without it. */
  readonly config?: (text: string) => string;
  /** The filter without it. */
  readonly filter?: (text: string) => string;
  /** The arguments of nsjail without it. */
  readonly argument?: (word: string, before: string | undefined) => string;
  /** Limits of the jail in place of those of the attack's request. */
  readonly limits?: Partial<Limits>;
  readonly withoutCgroup?: boolean;
  /** Only root can make the others without it. */
  readonly needsRoot?: boolean;
  /** Attacks that go outwards are not made: they would leave this machine. */
  readonly opensNetwork?: boolean;
}

/** Changes one statement. @throws Error where there is none: a layer that is still there would seem to hold. */
const change =
  (pattern: RegExp, by: string) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new Error(`The jail files have nothing like ${pattern.source} any more.`);
    return text.replace(pattern, by);
  };
const drop = (pattern: RegExp): ((text: string) => string) => change(pattern, '');
const add =
  (line: string) =>
  (text: string): string =>
    `${text}\n${line}\n`;
const flip = (name: string, to: boolean): ((text: string) => string) =>
  change(new RegExp(`^${name}: ${!to}$`, 'm'), `${name}: ${to}`);

const SIZES = /size=(?:\d+m|100%),nr_inodes=\d+,/g;
/** Enough to see that a limit is gone, and little enough for the machine that looks. */
const FAR_MEMORY_MB = 1024;

/** All off one by one; the first is none. */
export const layersOff: readonly LayerOff[] = [
  { name: 'none', how: 'every layer is there' },
  { name: 'seccomp filter', how: '`DEFAULT ALLOW`', filter: () => 'DEFAULT ALLOW\n' },
  {
    name: 'user namespace',
    how: '`clone_newuser: false`',
    config: flip('clone_newuser', false),
    needsRoot: true,
  },
  { name: 'no_new_privs', how: '`disable_no_new_privs: true`', config: flip('disable_no_new_privs', true) },
  { name: 'dropped capabilities', how: '`keep_caps: true`', config: flip('keep_caps', true) },
  { name: 'session', how: '`skip_setsid: true`', config: flip('skip_setsid', true) },
  { name: 'PID namespace', how: '`clone_newpid: false`', config: flip('clone_newpid', false) },
  {
    name: 'network namespace',
    how: '`clone_newnet: false`',
    config: flip('clone_newnet', false),
    opensNetwork: true,
  },
  { name: 'IPC namespace', how: '`clone_newipc: false`', config: flip('clone_newipc', false) },
  { name: 'UTS namespace', how: '`clone_newuts: false`', config: flip('clone_newuts', false) },
  { name: 'cgroup namespace', how: '`clone_newcgroup: false`', config: flip('clone_newcgroup', false) },
  { name: 'mount namespace', how: '`clone_newns: false`', config: flip('clone_newns', false) },
  { name: 'pivot_root', how: '`no_pivotroot: true`', config: add('no_pivotroot: true') },
  {
    name: 'read-only root',
    how: '`rw: true` for `/`',
    config: change(/(dst: "\/" is_bind: true) rw: false/, '$1 rw: true'),
  },
  {
    name: 'flags of mounts',
    how: 'without `nosuid`, `nodev`, `noexec`',
    config: drop(/ (?:nosuid|nodev|noexec): true/g),
  },
  { name: 'subset of /proc', how: 'without `subset=pid`', config: drop(/ options: "subset=pid"/) },
  {
    name: 'sizes of tmpfs',
    how: 'without `size` and `nr_inodes`',
    config: drop(SIZES),
    argument: (word) => word.replace(SIZES, ''),
  },
  { name: 'rlimits', how: '`disable_rl: true`', config: add('disable_rl: true') },
  {
    name: 'empty environment',
    how: '`keep_env: true`',
    config: flip('keep_env', true),
  },
  { name: 'cgroup', how: 'no cgroup at all: rlimits stand in', withoutCgroup: true },
  { name: 'memory limit', how: `${FAR_MEMORY_MB} MiB in the cgroup`, limits: { memory_mb: FAR_MEMORY_MB } },
  { name: 'limit of processes', how: '900 in the cgroup', limits: { processes: 900 } },
  { name: 'CPU bandwidth', how: '64 cores in the cgroup', limits: { cpus: 64 } },
  { name: 'CPU time', how: 'an hour', limits: { cpu_time: 3600 } },
  { name: "the service's deadline", how: 'an hour', limits: { timeout: 3600 } },
  {
    name: "nsjail's time limit",
    how: '`--time_limit 0`',
    argument: (word, before) => (before === '--time_limit' ? '0' : word),
  },
];
