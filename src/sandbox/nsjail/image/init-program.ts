import { Buffer } from 'node:buffer';
import {
  ALWAYS,
  call,
  IF_NEGATIVE,
  IF_NOT_EQUAL,
  IF_ZERO,
  jump,
  label,
  makeElf,
  op,
  type Piece,
} from './machine-code.ts';
import { LOG_FD, REPORT_FD } from '../descriptors.ts';

/*
 * The init process of a Python jail, as machine code of x86-64: a C compiler is no part of Brig. It starts the
 * interpreter as its child, reaps orphans, and reports in nsjail's log when a signal ended the interpreter. Another
 * interpreter in its place would take 3 ms more in each jail, a megabyte of memory, and could be taken over.
 *
 * `objdump -D -b binary -m i386:x86-64 --start-address=0xb0` shows the code of the file.
 */

/** Line of the log before a number of two digits and a line feed. */
export const SIGNAL_LINE = '[I][init] script ended by signal ';
const FAILURE_LINE = '[F][init] The interpreter could not be started.\n';
const FAILURE_STATUS = 127;

/** Numbers of system calls (asm/unistd_64.h). */
const WRITE = 1;
const CLOSE = 3;
const VFORK = 58;
const EXECVE = 59;
const WAIT4 = 61;
const FCNTL = 72;
const SETSID = 112;
const PRCTL = 157;
const EXIT_GROUP = 231;
const [PR_SET_DUMPABLE, F_SETFD, FD_CLOEXEC] = [4, 2, 1];

/** Writes a text of the program to the log. */
const say = (name: string, text: string): Piece[] => [
  ...[op('48 8d 35'), { to: name }], // lea rsi, [rip + name]
  call(WRITE, LOG_FD, undefined, text.length),
];

/**
 * Waits for the process whose pid is in ebx, and for orphans, and ends with the status of that one. The memory at rbp
 * holds the status. Goes to `failure` where it cannot wait.
 */
export const waitForChild: readonly Piece[] = [
  label('wait'),
  op('48 89 ee'), // mov rsi, rbp: place of the status
  op('45 31 d2'), // xor r10d, r10d: no figures of its use
  call(WAIT4, -1, undefined, 0),
  op('85 c0'), // test eax, eax
  ...jump(IF_NEGATIVE, 'failure'),
  op('39 d8'), // cmp eax, ebx
  ...jump(IF_NOT_EQUAL, 'wait'), // an orphan
  op('8b 7d 00'), // mov edi, [rbp]
  op('89 f8'), // mov eax, edi
  op('83 e0 7f'), // and eax, 0x7f: the signal, if any
  ...jump(IF_ZERO, 'exited'),
  op('89 c3'), // mov ebx, eax
  op('b1 0a'), // mov cl, 10
  op('f6 f1'), // div cl: tens in al, ones in ah
  op('05 30 30 0a 00'), // add eax, "00\n"
  op('89 45 00'), // mov [rbp], eax
  ...say('signal line', SIGNAL_LINE),
  op('48 89 ee'), // mov rsi, rbp
  call(WRITE, LOG_FD, undefined, 3),
  op('8d bb 80 00 00 00'), // lea edi, [rbx + 128]
  ...jump(ALWAYS, 'exit'),

  label('exited'),
  op('c1 ef 08'), // shr edi, 8: the exit status
  label('exit'),
  call(EXIT_GROUP),
];

/** Texts that the code above writes. */
export const initTexts: readonly Piece[] = [
  label('signal line'),
  Buffer.from(SIGNAL_LINE),
  label('failure line'),
  Buffer.from(FAILURE_LINE),
];

/** Says that it failed, and ends. */
export const endInit: readonly Piece[] = [
  label('failure'),
  ...say('failure line', FAILURE_LINE),
  call(EXIT_GROUP, FAILURE_STATUS),
];

const program: readonly Piece[] = [
  op('48 89 e5'), // mov rbp, rsp: argc, argv, 0, environment
  // The kernel then refuses to show this process, or its descriptors, to others of the same user.
  call(PRCTL, PR_SET_DUMPABLE, 0),
  // The log is this process's alone: what it says there is evidence.
  call(FCNTL, LOG_FD, F_SETFD, FD_CLOEXEC),
  call(VFORK),
  op('85 c0'), // test eax, eax
  ...jump(IF_ZERO, 'child'),
  ...jump(IF_NEGATIVE, 'failure'),
  op('89 c3'), // mov ebx, eax: the interpreter's pid
  ...[0, 1, 2, REPORT_FD].map((descriptor) => call(CLOSE, descriptor)),

  ...waitForChild,

  label('child'),
  // A session of its own, which signals to a process group do not leave.
  call(SETSID),
  op('48 8b 7d 10'), // mov rdi, [rbp + 16]: argv[1]
  op('48 8d 75 10'), // lea rsi, [rbp + 16]: the arguments from there
  op('48 8b 45 00'), // mov rax, [rbp]: argc
  op('48 8d 54 c5 10'), // lea rdx, [rbp + rax * 8 + 16]: the environment
  call(EXECVE),
  ...endInit,
  ...initTexts,
];

/** Returns the program as a static ELF file. */
export const makeInitProgram = (): Buffer => makeElf(program);
