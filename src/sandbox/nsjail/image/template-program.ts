import { Buffer } from 'node:buffer';
import { endInit, initTexts, waitForChild } from './init-program.ts';
import { ALWAYS, IF_NEGATIVE, IF_ZERO, jump, label, link, op, type Piece } from './machine-code.ts';
import { CODE_ADDRESS, ownCalls, PAGE_BYTES, SCRATCH_ADDRESS } from './nursery-layout.ts';
import { carryOut, endNursery, receiveTables, word } from './nursery-program.ts';

/*
 * The program of a nursery as a function for a template: an interpreter that has loaded modules calls it, and it never
 * returns there. It returns in the interpreter of each jail, which is forked by the C library of the interpreter once
 * the first process has locked itself down. The first process goes on here as the init process, and never returns.
 */

/** Places in the page of the nursery's own, after those of its program: `fork` of the C library, pid of its child. */
const [FORK, CHILD] = [SCRATCH_ADDRESS + 512, SCRATCH_ADDRESS + 520];

const compare = (number: number): Buffer => Buffer.concat([op('48 83 f8'), Buffer.from([number & 0xff])]); // cmp rax

const program: readonly Piece[] = [
  op('53 55'), // push rbx, push rbp
  op('48 83 ec 08'), // sub rsp, 8: aligned for a call
  Buffer.concat([op('48 89 3c 25'), word(FORK)]), // mov [FORK], rdi
  ...receiveTables,
  ...carryOut([
    op('48 85 c0'), // test rax, rax
    ...jump(IF_NEGATIVE, 'own call'),
  ]),

  label('own call'),
  compare(ownCalls.fork_interpreter),
  ...jump(IF_ZERO, 'fork'),
  compare(ownCalls.return_to_interpreter),
  ...jump(IF_ZERO, 'return'),
  Buffer.concat([op('8b 1c 25'), word(CHILD)]), // mov ebx, [CHILD]
  ...waitForChild,
  ...endInit,

  label('fork'),
  Buffer.concat([op('ff 14 25'), word(FORK)]), // call [FORK]
  op('48 98'), // cdqe
  Buffer.concat([op('89 04 25'), word(CHILD)]), // mov [CHILD], eax
  ...jump(ALWAYS, 'result'),

  label('return'),
  op('31 c0'), // xor eax, eax
  op('48 83 c4 08'), // add rsp, 8
  op('5d 5b c3'), // pop rbp, pop rbx, ret

  ...endNursery,
  ...initTexts,
];

/** Returns the code, for the page at `CODE_ADDRESS`. */
export function makeTemplateCode(): Buffer {
  const code = link(program);
  if (code.length > PAGE_BYTES) throw new RangeError(`The code at ${CODE_ADDRESS} has more than a page.`);
  return code;
}
