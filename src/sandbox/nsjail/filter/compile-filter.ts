import { Buffer } from 'node:buffer';
import { searchCalls } from './call-tree.ts';
import { ARCHITECTURE_WORD, DecisionMaker, type Decision } from './decisions.ts';
import { layOut } from './layout.ts';
import { parsePolicy } from './parse-policy.ts';
import { KILL_THREAD, type Rule } from './policy.ts';
import { callNumbers } from './call-numbers.ts';

/** AUDIT_ARCH_X86_64 (linux/audit.h). */
const X86_64 = 0xc0_00_00_3e;
const INSTRUCTION_BYTES = 8;

/**
 * Compiles a policy to the filter that nsjail would install for it on x86-64: an array of struct sock_filter
 * (linux/filter.h) of 8 bytes each, for `seccomp(2)`.
 *
 * The calls of other architectures end the thread. Those of x32 have numbers of their own, which no rule names.
 *
 * @param policy text of a `.kafel` file, in the part of the language that the files in `nsjail/` use
 * @throws PolicyError for a policy that is not understood, RangeError for one that makes too long a filter
 * @example compileFilter(readFileSync(jailFiles('python').seccomp, 'utf8')).length / 8 // instructions
 */
export function compileFilter(policy: string): Buffer {
  const { rules, otherwise } = parsePolicy(policy);
  const maker = new DecisionMaker();
  const calls = new Map<number, Decision>();
  for (const [call, own] of groupRules(rules)) calls.set(findNumber(call), maker.decide(own, otherwise));
  const program = layOut({
    test: 'equal',
    word: ARCHITECTURE_WORD,
    mask: 0xff_ff_ff_ff,
    value: X86_64,
    yes: searchCalls(calls, maker.decide([], otherwise)),
    no: { action: KILL_THREAD },
  });
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES);
  for (const [index, { code, yes, no, value }] of program.entries()) {
    const start = index * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, start);
    bytes.writeUInt8(yes, start + 2);
    bytes.writeUInt8(no, start + 3);
    bytes.writeUInt32LE(value, start + 4);
  }
  return bytes;
}

const groupRules = (rules: readonly Rule[]): Map<string, Rule[]> => Map.groupBy(rules, ({ call }) => call);

function findNumber(call: string): number {
  const number = callNumbers.get(call);
  if (number === undefined)
    throw new RangeError(`No number is known of the system call ${call}: run scripts/lib/call-numbers.ts.`);
  return number;
}
