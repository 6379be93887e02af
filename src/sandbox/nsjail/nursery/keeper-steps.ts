import { Buffer } from 'node:buffer';
import { CONTROL_FD, FIRST_LEAF_FD, LIFE_FD, RECEIVED_REPORT_FD } from '../image/nursery-layout.ts';
import type { Data, Step } from './table.ts';

/** Ids of a jail, in the outer jail as on the host. */
export interface SlotIds {
  readonly uid: number;
  readonly gid: number;
}

export interface KeeperPlan {
  /** Undefined where all jails have the nursery's own. */
  readonly ids: SlotIds | undefined;
  /** Hierarchies of cgroups to enter; 0 without cgroups. */
  readonly leaves: number;
  /** Seconds after which the kernel ends the keeper, and with it the jail. */
  readonly backStopSeconds: number;
  /** Whether the first process has the keeper's memory, until it has forked an interpreter and gives most of it up. */
  readonly sharesMemory: boolean;
}

/** Ends of the pipe that tells the jail's first process whether the keeper lives: they take the lowest free numbers. */
export const ALIVE_FD = FIRST_LEAF_FD;
export const ALIVE_WRITE_FD = FIRST_LEAF_FD + 1;
export const ALL_FDS = 0xff_ff_ff_ff;
/** Zeros for what the kernel reads, or writes and nobody reads. */
export const NOTHING: Data = { bytes: Buffer.alloc(32) };

const [SIGCHLD, SIG_SETMASK] = [17, 2];
const [O_NONBLOCK, O_CLOEXEC] = [0x8_00, 0x8_00_00];
const [MSG_NOSIGNAL, WALL] = [0x40_00, 0x40_00_00_00];
/** NEWNS, CGROUP, UTS, IPC, USER, PID, NET. */
const [CLONE_PIDFD, CLONE_VM, NEW_NAMESPACES] = [0x10_00, 0x1_00, 0x7e_02_00_00];
const STATUS_BYTES = 8;

/** No capability in any set (struct __user_cap_header_struct, version 3, and two of __user_cap_data_struct). */
const NO_CAPABILITIES: Step['args'] = [
  { bytes: Buffer.from('2205082000000000', 'hex') },
  { bytes: Buffer.alloc(24) },
];

export const dropCapabilities = (against: string): Step => ({
  name: 'drop all capabilities',
  against,
  call: 'capset',
  args: NO_CAPABILITIES,
  result: 0,
});

/**
 * Returns the steps of a keeper: the parent of a jail's first process, which has no other work than to tell of its
 * end.
 * @param jailAt index of the first step of the jail.
 */
export const planKeeper = (plan: KeeperPlan, jailAt: number): Step[] => [
  ...prepareKeeper(plan),
  ...bearJail(plan, jailAt),
];

function prepareKeeper({ ids, leaves }: KeeperPlan): Step[] {
  return [
    {
      name: 'wait for children again',
      against:
        'The nursery ignores the ends of its children, so the kernel would not keep the status of a jail.',
      call: 'rt_sigaction',
      args: [SIGCHLD, NOTHING, 0, 8],
      result: 0,
    },
    {
      name: 'take all signals',
      against: 'A signal that is blocked would stay blocked in the script.',
      call: 'rt_sigprocmask',
      args: [SIG_SETMASK, NOTHING, 0, 8],
      result: 0,
    },
    ...Array.from({ length: leaves }, (_, index) => enterCgroup(FIRST_LEAF_FD + index)),
    {
      name: "put the report in the control socket's place",
      against: 'Whoever has the control socket can have jails made.',
      call: 'dup2',
      args: [RECEIVED_REPORT_FD, CONTROL_FD],
      result: CONTROL_FD,
    },
    {
      name: 'close the files of the cgroup',
      against: 'They were opened with the rights of the host: a script could move its processes by them.',
      call: 'close_range',
      args: [FIRST_LEAF_FD, ALL_FDS, 0],
      result: 0,
    },
    {
      name: 'open the sign of life',
      against: 'The first process could not tell that its keeper died before it asked to die with it.',
      call: 'pipe2',
      args: [{ bytes: Buffer.alloc(8) }, O_NONBLOCK | O_CLOEXEC],
      result: 0,
    },
    ...(ids === undefined ? [] : becomeSlot(ids)),
    dropCapabilities('The keeper outlives its work, and needs none.'),
  ];
}

/** Written by the process itself, with the rights of the host, which opened the file. */
const enterCgroup = (descriptor: number): Step => ({
  name: 'enter the cgroup',
  against:
    'What a process allocates before it is in the cgroup, no limit counts: so the keeper enters before there is a jail.',
  call: 'write',
  args: [descriptor, { text: '0' }, 1],
  result: 1,
});

function becomeSlot({ uid, gid }: SlotIds): Step[] {
  const against =
    'Jails with the same user share limits of the kernel. Its own user owns the namespaces, and is charged for them.';
  return [
    {
      name: 'have no groups',
      against: 'A group of the service would stay with the script, since nobody can set groups in the jail.',
      call: 'getgroups',
      args: [0, 0],
      result: 0,
    },
    { name: 'take the group of the jail', against, call: 'setresgid', args: [gid, gid, gid], result: 0 },
    { name: 'take the user of the jail', against, call: 'setresuid', args: [uid, uid, uid], result: 0 },
  ];
}

function bearJail({ backStopSeconds, sharesMemory }: KeeperPlan, jailAt: number): Step[] {
  const status: Data = { bytes: Buffer.alloc(STATUS_BYTES) };
  // struct cmsghdr: 20 bytes, SOL_SOCKET, SCM_RIGHTS, and the descriptor, which clone writes here.
  const ancillary: Data = { bytes: Buffer.from('140000000000000001000000010000000000000000000000', 'hex') };
  const message: Data = { words: [0, 0, { words: [NOTHING, 1] }, 1, ancillary, 24, 0] };
  return [
    {
      name: 'set the last deadline',
      against:
        'A script would run on while the service is stopped. The signal ends the keeper, and with it the jail.',
      call: 'alarm',
      args: [backStopSeconds],
      result: 0,
    },
    {
      name: 'make the namespaces and the first process',
      against:
        'All of the host, and of other jails: their files, processes, networks, users, names, cgroups, shared memory.',
      call: 'clone',
      args: [
        NEW_NAMESPACES | CLONE_PIDFD | SIGCHLD | (sharesMemory ? CLONE_VM : 0),
        0,
        { in: ancillary, offset: 16 },
      ],
      ifZero: jailAt,
    },
    {
      name: 'hand over the first process',
      against: 'A pid may be that of another process when the service kills it; this descriptor is never.',
      call: 'sendmsg',
      args: [LIFE_FD, message, MSG_NOSIGNAL],
      result: 1,
    },
    {
      name: 'close the streams',
      against: 'They end when the script has closed them, not when the keeper has.',
      call: 'close_range',
      args: [0, LIFE_FD - 1, 0],
      result: 0,
    },
    {
      name: 'wait for the end',
      against: 'The status is evidence of the kernel, which no script can write.',
      call: 'wait4',
      args: [-1, status, WALL, 0],
    },
    {
      name: 'tell of the end',
      against: 'The socket is in no process of the script.',
      call: 'write',
      args: [LIFE_FD, status, STATUS_BYTES],
      result: STATUS_BYTES,
    },
    { name: 'end', against: 'Nothing is left of the jail.', call: 'exit_group', args: [0] },
  ];
}
