import { Buffer } from 'node:buffer';
import { LOG_FD, REPORT_FD } from '../descriptors.ts';
import { CODE_ADDRESS, LIFE_FD, MEMORY_END, TABLE_ADDRESS, TABLE_BYTES } from '../image/nursery-layout.ts';
import type { JailStepsPlan } from './jail-steps.ts';
import { ALIVE_FD, ALL_FDS, NOTHING } from './keeper-steps.ts';
import type { Step } from './table.ts';

const CLOSE_RANGE_CLOEXEC = 4;
const SECCOMP_SET_MODE_FILTER = 1;
const FILTER_STEP_BYTES = 8;
const PR_SET_DUMPABLE = 4;
const O_CLOEXEC = 0x8_00_00;
/** Ends of the pipe whose end of file lets the interpreter begin: they take the lowest free numbers. */
const [GO_FD, GO_WRITE_FD] = [ALIVE_FD + 1, ALIVE_FD + 2];
/** Pid of the first process that is forked in a new namespace. */
const INTERPRETER = 2;

const installFilter = (filter: JailStepsPlan['filter']): Step => ({
  name: 'install the filter of system calls',
  against:
    'The filter of the nursery allows the calls of these steps. This one is that of every jail of the kind.',
  call: 'seccomp',
  args: [SECCOMP_SET_MODE_FILTER, 0, { words: [filter.length / FILTER_STEP_BYTES, { bytes: filter }] }],
  result: 0,
});

const closeLog = (against: string): Step => ({
  name: 'close the log',
  against,
  call: 'close',
  args: [LOG_FD],
  result: 0,
});

/** Returns the steps by which the first process becomes a new program. */
export function becomeProgram({ keepsLog, filter, command, variables }: JailStepsPlan): Step[] {
  return [
    ...(keepsLog
      ? []
      : [closeLog('What is said there is evidence, and this first process is not ours alone.')]),
    {
      name: 'close the rest with the last step',
      against: 'A script would have the socket of its keeper, and could tell of an end that is none.',
      call: 'close_range',
      args: [REPORT_FD + 1, ALL_FDS, CLOSE_RANGE_CLOEXEC],
      result: 0,
    },
    installFilter(filter),
    {
      name: 'become the program',
      against:
        'Nothing of the nursery is left: a new program has memory, addresses and random numbers of its own.',
      call: 'execve',
      args: [
        { text: command[0] },
        { words: [...command.map((text) => ({ text })), 0] },
        { words: [...variables.map((text) => ({ text })), 0] },
      ],
      result: 0,
    },
  ];
}

/**
 * Returns the steps by which the first process of a jail from a template forks the interpreter, and becomes the init
 * process itself.
 * @param at index of the first of them.
 */
export function forkInterpreter({ filter }: Pick<JailStepsPlan, 'filter'>, at: number): Step[] {
  const fork = (interpreterAt: number): Step[] => [
    {
      name: 'open the go',
      against: 'The interpreter would get a script while the first process is still open to it.',
      call: 'pipe2',
      args: [{ bytes: Buffer.alloc(8) }, O_CLOEXEC],
      result: 0,
    },
    installFilter(filter),
    {
      name: 'fork the interpreter',
      against:
        'The script must not be the first process, which the kernel spares signals. The C library forks, so that its own state and that of its users is right.',
      call: 'fork_interpreter',
      args: [],
      ifZero: interpreterAt,
    },
    ...becomeInit,
  ];
  return [...fork(at + fork(0).length), ...resumeInterpreter];
}

const becomeInit: readonly Step[] = [
  {
    name: 'close own files of /proc',
    against:
      'The script has the same user: it could open the descriptors and the memory of the init process.',
    call: 'prctl',
    args: [PR_SET_DUMPABLE, 0, 0, 0, 0],
    result: 0,
  },
  {
    name: 'close the streams',
    against: 'They end when the script has closed them, not when the init process has.',
    call: 'close_range',
    args: [0, LOG_FD - 1, 0],
    result: 0,
  },
  {
    name: 'close the rest, which is the go',
    against: 'The init process needs the log alone, to tell which signal ended the script.',
    call: 'close_range',
    args: [LOG_FD + 1, ALL_FDS, 0],
    result: 0,
  },
  ...forgetTemplate(),
  {
    name: 'wait for the interpreter, and reap orphans',
    against: 'Orphans would stay, and count as processes of the script.',
    call: 'serve_as_init',
    args: [],
  },
];

const resumeInterpreter: readonly Step[] = [
  {
    name: 'close the other end of the go',
    against: 'It would wait for itself.',
    call: 'close',
    args: [GO_WRITE_FD],
    result: 0,
  },
  {
    name: 'wait for the go',
    against: 'It would get a script while the first process is still open to it.',
    call: 'read',
    args: [GO_FD, NOTHING, 1],
    result: 0,
  },
  {
    name: 'begin a session of its own',
    against: 'A signal to the group of the init process would reach it.',
    call: 'setsid',
    args: [],
    result: INTERPRETER,
  },
  closeLog('What is said there is evidence.'),
  {
    name: 'close the rest',
    against: `A script would have the socket of its keeper (${LIFE_FD}), and could tell of an end that is none.`,
    call: 'close_range',
    args: [REPORT_FD + 1, ALL_FDS, 0],
    result: 0,
  },
  {
    name: 'return to the interpreter',
    against: 'Only now it reseeds what it shares with others, tells that it is ready, and reads its script.',
    call: 'return_to_interpreter',
    args: [],
  },
];

/** Returns the steps by which an init process and its keeper give up the memory of the template, whose copy they share. */
function forgetTemplate(): Step[] {
  const common = {
    name: 'give up the memory of the template',
    against:
      'It is a copy that neither it nor its keeper needs, and the kernel would end them for their size when the script takes too much.',
    call: 'munmap',
    result: 0,
    // Pages that the kernel has sealed keep all others: nothing in them is secret.
    mayFail: true,
  } as const;
  const end = TABLE_ADDRESS + TABLE_BYTES;
  return [
    { ...common, args: [0, CODE_ADDRESS] },
    { ...common, args: [end, MEMORY_END - end] },
  ];
}
