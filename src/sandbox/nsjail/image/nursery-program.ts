import { Buffer } from 'node:buffer';
import { ALWAYS, call, IF_NOT_EQUAL, IF_ZERO, jump, label, makeElf, op, type Piece } from './machine-code.ts';
import {
  CONTROL_FD,
  FAILURE_BYTES,
  FAILURE_STATUS,
  LIFE_FD,
  SCRATCH_ADDRESS,
  STEP_BYTES,
  TABLE_ADDRESS,
  TABLE_BYTES,
} from './nursery-layout.ts';

/*
 * The nursery, as machine code of x86-64. It receives tables of system calls with descriptors, and forks a process for
 * each, which carries it out step by step. It knows nothing of jails, and no script, argument or result ever reaches
 * it. A table comes from the service alone.
 */

/** Numbers of system calls (asm/unistd_64.h). */
const [WRITE, RT_SIGACTION, RECVMSG, FORK, PRCTL, EXIT_GROUP, CLOSE_RANGE] = [1, 13, 47, 57, 157, 231, 436];
const [SIGCHLD, PR_SET_DUMPABLE, ALL] = [17, 4, -1];
/** A table or its descriptors that did not fit. */
const [MSG_CTRUNC, MSG_TRUNC] = [8, 0x20];

const [IF_LESS, IF_GREATER, IF_NOT_POSITIVE] = ['0f 8c', '0f 8f', '0f 8e'];

/** Places in the page of the nursery's own. */
const HEADER = SCRATCH_ADDRESS;
const VECTOR = SCRATCH_ADDRESS + 64;
export const FAILURE = SCRATCH_ADDRESS + 128;
const ANCILLARY = SCRATCH_ADDRESS + 256;
const ANCILLARY_BYTES = 256;

export const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
/** mov dword [address], value. The memory is zero, and so the upper half of what has 64 bits. */
const store = (address: number, value: number): Buffer =>
  Buffer.concat([op('c7 04 25'), word(address), word(value)]);

/** Closes all descriptors but the control socket. */
const closeOthers: readonly Piece[] = [
  call(CLOSE_RANGE, 0, CONTROL_FD - 1, 0),
  call(CLOSE_RANGE, CONTROL_FD + 1, ALL, 0),
];

/** Receives tables, one after the other, and forks a process for each, which goes on with its first step. */
export const receiveTables: readonly Piece[] = [
  // Nobody reads its memory or descriptors, whoever has its user.
  call(PRCTL, PR_SET_DUMPABLE, 0),
  // The kernel reaps the processes that it forks.
  op('48 8d 35'), // lea rsi, [rip + ignore]
  { to: 'ignore' },
  op('41 ba 08 00 00 00'), // mov r10d, 8
  call(RT_SIGACTION, SIGCHLD, undefined, 0),

  label('next message'),
  ...closeOthers,
  // The kernel writes into the header what came, so it is filled in each time (struct msghdr, struct iovec).
  store(HEADER + 16, VECTOR),
  store(HEADER + 24, 1),
  store(HEADER + 32, ANCILLARY),
  store(HEADER + 40, ANCILLARY_BYTES),
  store(VECTOR, TABLE_ADDRESS),
  store(VECTOR + 8, TABLE_BYTES),
  call(RECVMSG, CONTROL_FD, HEADER, 0),
  op('85 c0'), // test eax, eax: end of file, or an error
  ...jump(IF_NOT_POSITIVE, 'end'),
  Buffer.concat([op('f6 04 25'), word(HEADER + 48), Buffer.from([MSG_CTRUNC | MSG_TRUNC])]), // test byte [flags]
  ...jump(IF_NOT_EQUAL, 'end'),
  call(FORK),
  op('85 c0'), // test eax, eax
  // One that cannot be forked is noticed at its socket, whose other copy the next lines close.
  ...jump(IF_NOT_EQUAL, 'next message'),

  Buffer.concat([op('bb'), word(TABLE_ADDRESS)]), // mov ebx: the step
  Buffer.concat([op('bd'), word(FAILURE)]), // mov ebp
];

/**
 * Carries out the step at rbx and those after it; rbp is the place for the failure of one.
 * @param own code for calls that the kernel does not have: their number is in rax.
 */
export const carryOut = (own: readonly Piece[]): Piece[] => [
  label('step'),
  op('48 8b 03'), // mov rax, [rbx]
  ...own,
  op('48 8b 7b 08'), // mov rdi, [rbx + 8]
  op('48 8b 73 10'), // mov rsi, [rbx + 16]
  op('48 8b 53 18'), // mov rdx, [rbx + 24]
  op('4c 8b 53 20'), // mov r10, [rbx + 32]
  op('4c 8b 43 28'), // mov r8, [rbx + 40]
  op('4c 8b 4b 30'), // mov r9, [rbx + 48]
  op('0f 05'), // syscall
  label('result'),
  op('48 3b 43 38'), // cmp rax, [rbx + 56]
  ...jump(IF_LESS, 'failed'),
  op('48 3b 43 40'), // cmp rax, [rbx + 64]
  ...jump(IF_GREATER, 'failed'),
  op('48 85 c0'), // test rax, rax
  ...jump(IF_NOT_EQUAL, 'next step'),
  op('48 8b 4b 48'), // mov rcx, [rbx + 72]
  op('48 85 c9'), // test rcx, rcx
  ...jump(IF_ZERO, 'next step'),
  op('48 89 cb'), // mov rbx, rcx
  ...jump(ALWAYS, 'step'),
  label('next step'),
  Buffer.concat([op('48 83 c3'), Buffer.from([STEP_BYTES])]), // add rbx
  ...jump(ALWAYS, 'step'),

  label('failed'),
  op('48 89 5d 00'), // mov [rbp], rbx
  op('48 89 45 08'), // mov [rbp + 8], rax
  op('48 89 ee'), // mov rsi, rbp
  call(WRITE, LIFE_FD, undefined, FAILURE_BYTES),
  call(EXIT_GROUP, FAILURE_STATUS),
];

/** Ends the nursery; what follows is data. */
export const endNursery: readonly Piece[] = [
  label('end'),
  call(EXIT_GROUP, 0),

  // struct sigaction of the kernel: SIG_IGN, no flags, no mask.
  label('ignore'),
  Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]),
];

/** Returns the program as a static ELF file. */
export const makeNurseryProgram = (): Buffer =>
  makeElf([...receiveTables, ...carryOut([]), ...endNursery], {
    address: SCRATCH_ADDRESS,
    bytes: TABLE_ADDRESS + TABLE_BYTES - SCRATCH_ADDRESS,
  });
