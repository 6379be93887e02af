import type { Buffer } from 'node:buffer';
import { ALIVE_FD, ALIVE_WRITE_FD, dropCapabilities, NOTHING, type SlotIds } from './keeper-steps.ts';
import { becomeProgram, forkInterpreter } from './last-steps.ts';
import { planMounts } from './mount-steps.ts';
import { limitProcesses, raiseLoopback } from './resource-steps.ts';
import type { JailConfig } from './read-config.ts';
import type { Step } from './table.ts';

/** Everything that the first process of a jail does before it becomes its program. */
export interface JailStepsPlan {
  readonly config: JailConfig;
  /** User and group inside, and in the outer jail. */
  readonly insideId: number;
  readonly ids: SlotIds;
  /** Folder of device nodes in the outer jail; undefined where it has the host's in their places. */
  readonly devices: string | undefined;
  /** Compiled program in the outer jail. */
  readonly program: string | undefined;
  /** Highest capability of this kernel. */
  readonly lastCapability: number;
  /** Whether the first process keeps the log. */
  readonly keepsLog: boolean;
  /** Filter of system calls (struct sock_filter). */
  readonly filter: Buffer;
  readonly command: readonly [string, ...string[]];
  readonly variables: readonly string[];
  /** Whether the jail's interpreter is forked from a template, and not a new program. */
  readonly isForked: boolean;
}

const [O_WRONLY, O_CLOEXEC] = [1, 0x8_00_00];
const [SIGKILL, EAGAIN] = [9, 11];
const PR_SET_PDEATHSIG = 1;
const PR_SET_DUMPABLE = 4;
const PR_CAPBSET_DROP = 24;
const PR_SET_SECUREBITS = 28;
const PR_SET_NO_NEW_PRIVS = 38;
const [PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL] = [47, 4];
/** No rights by being root, none kept over a change of ids, none raised, and none of these bits changed any more. */
const SECUREBITS = 0xef;

/**
 * Returns the steps of a jail's first process, from its birth in namespaces of its own to its program.
 * @param at index of the first of them.
 */
export function planJailSteps(plan: JailStepsPlan, at: number): Step[] {
  const first = lockDown(plan);
  const last = plan.isForked ? forkInterpreter(plan, at + first.length) : becomeProgram(plan);
  return [...first, ...last];
}

const lockDown = (plan: JailStepsPlan): Step[] => [
  ...dieWithKeeper,
  ...mapIds(plan),
  {
    name: 'begin a session',
    against: 'A signal to the group of the nursery, or a terminal of it, would reach the script.',
    call: 'setsid',
    args: [],
    result: 1,
  },
  ...planMounts(plan.config.mounts, plan),
  {
    name: 'enter the working directory',
    against: 'The folder of the nursery lies below the file systems that cover it.',
    call: 'chdir',
    args: [{ text: plan.config.folder }],
    result: 0,
  },
  ...raiseLoopback(),
  ...limitProcesses(plan.config.limits),
  ...dropPrivileges(plan.lastCapability),
];

const dieWithKeeper: readonly Step[] = [
  {
    name: 'die with the keeper',
    against: 'A jail whose keeper was killed would run on, and nobody would tell of its end.',
    call: 'prctl',
    args: [PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0],
    result: 0,
  },
  {
    name: 'close the other end of the sign of life',
    against: 'The sign would come from the first process itself.',
    call: 'close',
    args: [ALIVE_WRITE_FD],
    result: 0,
  },
  {
    name: 'see that the keeper lives',
    against: 'A keeper that died before the step above took nobody with it: the pipe is at its end then.',
    call: 'read',
    args: [ALIVE_FD, NOTHING, 1],
    result: -EAGAIN,
  },
];

function mapIds({ insideId, ids }: JailStepsPlan): Step[] {
  return [
    {
      name: 'open own files of /proc',
      against:
        'The change of ids closed them to their owner, who writes the maps. The program closes them again.',
      call: 'prctl',
      args: [PR_SET_DUMPABLE, 1, 0, 0, 0],
      result: 0,
    },
    ...writeFile(
      '/proc/self/setgroups',
      'deny',
      'Dropping a group can open files that are closed to that group.',
    ),
    ...writeFile('/proc/self/uid_map', `${insideId} ${ids.uid} 1`, 'One user, without rights outside.'),
    ...writeFile('/proc/self/gid_map', `${insideId} ${ids.gid} 1`, 'One group, without rights outside.'),
  ];
}

/** Descriptors take the lowest free number, so a file of its own has a number that is known. */
function writeFile(path: string, text: string, against: string): Step[] {
  const common = { name: `write ${path}`, against };
  return [
    { ...common, call: 'open', args: [{ text: path }, O_WRONLY | O_CLOEXEC], result: ALIVE_WRITE_FD },
    { ...common, call: 'write', args: [ALIVE_WRITE_FD, { text }, text.length], result: text.length },
    { ...common, call: 'close', args: [ALIVE_WRITE_FD], result: 0 },
  ];
}

const giveUp = (capability: number): Step => ({
  name: 'give up each capability for ever',
  against: 'A program that raises its privileges would get it back.',
  call: 'prctl',
  args: [PR_CAPBSET_DROP, capability, 0, 0, 0],
  result: 0,
});

function dropPrivileges(lastCapability: number): Step[] {
  return [
    ...Array.from({ length: lastCapability + 1 }, (_, capability) => giveUp(capability)),
    {
      name: 'lock the rules of root',
      against: 'A user 0 would have capabilities by its number.',
      call: 'prctl',
      args: [PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0],
      result: 0,
    },
    {
      name: 'have no ambient capabilities',
      against: 'Each program that is started would inherit them.',
      call: 'prctl',
      args: [PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0],
      result: 0,
    },
    dropCapabilities('With those of its namespaces a script could mount, and uncover what is covered.'),
    {
      name: 'gain no privileges',
      against: 'A set-user-ID program would have the rights of its owner; and no filter without it.',
      call: 'prctl',
      args: [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0],
      result: 0,
    },
  ];
}
