import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeName } from '../../src/core/contract/runtimes.ts';
import { packageRoot } from '../../src/paths.ts';
import { kindOf } from '../../src/runtimes/program-runtimes.ts';
import { listCandidates, type Candidate } from './candidates.ts';
import { judgeCall } from './judge-call.ts';
import { parsePolicy } from './policy.ts';
import { systemCalls } from './system-calls.ts';

/** A call that the policy denies, and the errno that says so. */
export interface Denied extends Candidate {
  readonly errno: number;
}

/** All that the policy of a runtime's jails denies, of what is known. */
export function listDenied(runtime: RuntimeName): Denied[] {
  const policy = parsePolicy(readFileSync(join(packageRoot, 'nsjail', `${kindOf(runtime)}.kafel`), 'utf8'));
  return listCandidates().flatMap((candidate) => {
    const action = judgeCall(policy, candidate.number, candidate.args);
    return action === 'allow' ? [] : [{ ...candidate, errno: action.errno }];
  });
}

const names = new Map([...systemCalls].map(([name, number]) => [number, name]));

/** A call as a person would write it. */
export function describeCall({ number, args }: Candidate): string {
  const name = names.get(number) ?? `0x${number.toString(16)}`;
  return `${name}(${args.map((one) => (one < 0n ? String(one) : `0x${one.toString(16)}`)).join(', ')})`;
}

/**
 * Tries each call of its argument, `number errno argument…` in a line, and prints those that end otherwise: their line's
 * number and what came instead. A library may be missing in a jail, so it needs ctypes alone. Calls of the x32 ABI are made by
 * a child: the filter of a container's engine, which is asked as well, ends whoever makes one.
 */
export const sweepProgram = `
import ctypes, os

X32, SIGSYS, ENOSYS = 0x40000000, 31, 38

def call(libc, number, words):
    ctypes.set_errno(0)
    answer = libc.syscall(ctypes.c_long(number), *words)
    return ctypes.get_errno() if answer == -1 else 0

def call_in_child(libc, number, words):
    pid = os.fork()
    if pid == 0:
        os._exit(call(libc, number, words))
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return ENOSYS if os.WTERMSIG(status) == SIGSYS else -os.WTERMSIG(status)
    return os.WEXITSTATUS(status)

def sweep(text):
    libc = ctypes.CDLL(None, use_errno=True)
    through = []
    for index, line in enumerate(text.split('\\n')):
        number, expected, *given = (int(word) for word in line.split())
        words = [ctypes.c_long(word) for word in given + [-1] * (6 - len(given))]
        got = (call_in_child if number & X32 else call)(libc, number, words)
        if got != expected:
            through.append(f'{index}:{got}')
    return ' '.join(through)
`;

const signed = (value: bigint): string => BigInt.asIntN(64, value).toString();

export const writeCalls = (calls: readonly Denied[]): string =>
  calls.map(({ number, errno, args }) => [number, errno, ...args.map(signed)].join(' ')).join('\n');

const MOST_SHOWN = 12;

/** Describes the calls that got past the filter, from the program's output. */
export function readSweep(calls: readonly Denied[], said: string): string | undefined {
  const through = said.split(' ').filter((one) => one !== '');
  if (through.length === 0) return undefined;
  const shown = through.slice(0, MOST_SHOWN).map((one) => {
    const [index, got] = one.split(':').map(Number);
    const denied = calls[index ?? -1];
    return denied === undefined
      ? one
      : `${describeCall(denied)} gave ${got === 0 ? 'success' : `errno ${got}`}`;
  });
  return `${through.length} of ${calls.length} denied calls reached the kernel: ${shown.join('; ')}`;
}
