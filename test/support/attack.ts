import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { ProgramRuntime } from '../../src/core/runtimes.ts';
import { expectNothingLeft, readHostState, readSettledState, type HostState } from './host-state.ts';
import { startService, type Answer, type AnswerBody, type TestService } from './service.ts';
import { warmUp } from './warm-up.ts';

/** What a group of tests is given: one service for all of them. */
export interface Arena {
  readonly service: TestService;
  /** Runs a script and gives what the service said of it; anything but a 200 fails the test. */
  run(script: string, fields?: Record<string, unknown>): Promise<AnswerBody>;
  /** Runs a script that must succeed, and gives its result. */
  result(script: string, fields?: Record<string, unknown>): Promise<unknown>;
  /** Makes another runtime ready: jails of its wait from then on. */
  use(runtime: ProgramRuntime): Promise<void>;
  /** Runs lines of Python with the tools of `tools` at hand, and gives what they return; they must succeed. */
  attack(lines: string, fields?: Record<string, unknown>): Promise<unknown>;
}

/**
 * Tests against one service in this process. Around all of them the host is looked at: nothing of a jail may be
 * left while the service still runs, nothing of the service once it is closed.
 */
export function describeInJail(
  name: string,
  define: (arena: Arena) => void,
  overrides: Record<string, string> = {},
): void {
  describe(name, () => {
    let service: TestService | undefined;
    let outside: HostState;
    let idle: HostState;
    const running = (): TestService => {
      if (service === undefined) throw new Error('the service is not started yet');
      return service;
    };
    beforeAll(async () => {
      outside = readHostState();
      service = await startService(overrides);
      // What is loaded at the first execution (a worker of the analysis, …) stays.
      await service.execute({ script: 'def main(): return 1' });
      idle = await readSettledState();
    });
    afterAll(async () => {
      await expectNothingLeft(idle);
      await running().close();
      await expectNothingLeft(outside);
      expect(running().incidents, 'faults of the service itself').toEqual([]);
    });
    define({
      get service() {
        return running();
      },
      run: (script, fields) => run(running(), script, fields),
      result: (script, fields) => succeed(running(), script, fields),
      use: async (runtime) => {
        await warmUp(running(), runtime);
        idle = await readSettledState();
      },
      attack: (lines, fields) => succeed(running(), wrap(lines), fields),
    });
  });
}

async function run(service: TestService, script: string, fields = {}): Promise<AnswerBody> {
  const answer: Answer = await service.execute({ script, ...fields });
  expect(answer.status, answer.text.slice(0, 2000)).toBe(200);
  return answer.body;
}

async function succeed(service: TestService, script: string, fields = {}): Promise<unknown> {
  const body = await run(service, script, fields);
  expect(body.success, JSON.stringify(body).slice(0, 2000)).toBe(true);
  return body.result;
}

const wrap = (lines: string): string =>
  `${tools}\n\ndef main(*args):\n${lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

/** For attacks that look for a word in their own process: arguments are objects of it as well. */
export const reverse = (word: string): string => Array.from(word).toReversed().join('');

/** What attacks share: raw system calls, and a try that gives `ok` or the name of the error. */
export const tools = `
import ctypes, errno, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)

def name(number):
    return errno.errorcode.get(number, str(number))

def syscall(number, *arguments):
    converted = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return 'ok' if libc.syscall(ctypes.c_long(number), *converted) >= 0 else name(ctypes.get_errno())

def attempt(action, *arguments, **keywords):
    try:
        action(*arguments, **keywords)
        return 'ok'
    except OSError as error:
        return name(error.errno) if error.errno else type(error).__name__

def in_child(action):
    """What an action gives in a forked child, as text; or how the child ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, str(action()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, 4096).decode()
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    return said or f'ended with {status}'
`;
