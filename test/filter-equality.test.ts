import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readFilters, readPolicies } from '../scripts/lib/call-numbers.ts';
import { createRandom } from '../scripts/lib/random.ts';
import { callNumbers } from '../src/sandbox/nsjail/filter/call-numbers.ts';
import { compileFilter } from '../src/sandbox/nsjail/filter/compile-filter.ts';
import {
  judgeCall,
  listComparisons,
  listTurns,
} from '../src/sandbox/nsjail/filter/judge-call.test-support.ts';
import { parsePolicy } from '../src/sandbox/nsjail/filter/parse-policy.ts';
import type { Comparison, Policy } from '../src/sandbox/nsjail/filter/policy.ts';
import { loadFilter, X86_64, type Call } from '../src/sandbox/nsjail/filter/run-filter.test-support.ts';

/** Numbers of x32, i386 and arm64 mean other calls. */
const ARCHITECTURES = [X86_64, 0x40_00_00_03, 0xc0_00_00_b7, 0, 0xff_ff_ff_ff];
const X32 = 0x40_00_00_00;
const LAST_NUMBER = 600;
/** Calls of one name in which one argument differs from those that a rule names. */
const DRAWN = 800;

const random = createRandom(15);
const draw = (): bigint => {
  const [high, low] = [random(), random()].map((one) => BigInt(Math.trunc(one * 2 ** 32)));
  return ((high ?? 0n) << 32n) | (low ?? 0n);
};

function pick<T>(some: readonly T[]): T {
  const one = some[Math.trunc(random() * some.length)];
  if (one === undefined) throw new RangeError('There is nothing to draw from.');
  return one;
}

/** Every value of each argument with every other. */
const combine = (values: readonly (readonly bigint[])[]): bigint[][] =>
  values.reduce<bigint[][]>((all, some) => all.flatMap((one) => some.map((value) => [...one, value])), [[]]);

/** The values that rules name, in all combinations, and then with one argument near a value at which an answer turns. */
function* drawArguments(comparisons: readonly Comparison[]): Generator<bigint[]> {
  const ofArgument = Array.from({ length: 6 }, (_, place) =>
    comparisons.filter(({ argument }) => argument === place),
  );
  const named = combine(ofArgument.map((some) => [...new Set([draw(), ...some.map(({ value }) => value)])]));
  yield* named;
  const turns = comparisons.flatMap((one) => listTurns(one).map((value) => [one.argument, value] as const));
  for (let count = 0; count < DRAWN; count += 1) {
    const [argument, value] = pick(turns);
    yield pick(named).with(argument, value);
  }
}

/** Calls at which a policy's answer may turn, and others. */
function* listCalls(policy: Policy): Generator<Call> {
  const names = new Map([...callNumbers].map(([name, number]) => [number, name]));
  const numbers = Array.from({ length: LAST_NUMBER + 1 }, (_, index) => index);
  for (const number of [...numbers, ...numbers.map((one) => X32 + one), 0x7f_ff_ff_ff, 0xff_ff_ff_ff])
    for (const architecture of ARCHITECTURES)
      for (const one of [0n, draw()])
        yield { number, architecture, arguments: [one, draw(), draw(), draw(), draw(), one] };
  for (const [number, name] of names) {
    const comparisons = policy.rules.flatMap(({ call, when }) =>
      call === name && when !== undefined ? listComparisons(when) : [],
    );
    if (comparisons.length === 0) continue;
    for (const values of drawArguments(comparisons))
      yield { number, architecture: X86_64, arguments: values };
  }
}

/** Installs the filter that is on its standard input, and prints what some calls return: the error's number, or 0. */
const INSTALL = `
import ctypes, sys

libc = ctypes.CDLL(None, use_errno=True)
code = sys.stdin.buffer.read()
program = ctypes.c_char_p(code)
header = (ctypes.c_uint64 * 2)(len(code) // 8, ctypes.cast(program, ctypes.c_void_p).value)
PR_SET_NO_NEW_PRIVS, SECCOMP, GETPPID, PTRACE, IO_URING_SETUP, FSYNC = 38, 317, 110, 101, 425, 74
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def call(*values):
    return ctypes.get_errno() if libc.syscall(*values) < 0 else 0


print(call(SECCOMP, 1, 0, header))
print(call(GETPPID), call(PTRACE, 0, 0, 0, 0), call(IO_URING_SETUP, 1, 0), call(FSYNC, -1), call(SECCOMP, 1, 0, header))
`;

it.each([...readPolicies()])('the kernel takes the filter of %s', async (name, text) => {
  const { stdout } = await execa('python3', ['-I', '-S', '-c', INSTALL], { input: compileFilter(text) });
  // The steps of a nursery install the filter of a jail over its own.
  const again = name.endsWith('of a nursery') ? 0 : 1;
  expect(stdout).toBe(`0\n0 1 38 0 ${again}`);
});

describe('the filter of a policy', async () => {
  const policies = [...readPolicies()];
  const installed = await readFilters(policies.map(([, text]) => text));

  it.each(policies.map(([name, text], index) => [name, text, installed[index] ?? Buffer.alloc(0)] as const))(
    '%s does with each call what the one that nsjail installs does',
    (_, text, bytes) => {
      const policy = parsePolicy(text);
      const own = compileFilter(text);
      const [ours, theirs] = [loadFilter(own), loadFilter(bytes)];
      let calls = 0;
      for (const call of listCalls(policy)) {
        calls += 1;
        const [action, wanted, read] = [ours(call), theirs(call), judgeCall(policy, call)];
        if (action !== wanted || read !== wanted)
          expect({ call, action, read }).toEqual({ call, action: wanted, read: wanted });
      }
      expect(calls).toBeGreaterThan(25_000);
      expect(own.length).toBeLessThan(bytes.length);
    },
  );
});
