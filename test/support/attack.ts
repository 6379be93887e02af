import { afterAll, beforeAll, describe, expect } from 'vitest';
import { wrap } from '../../attacks/python.ts';
import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { expectNothingLeft, readHostState, readSettledState, type HostState } from './host-state.ts';
import { startService, type Answer, type AnswerBody, type TestService } from './service.ts';
import { warmUp } from './warm-up.ts';

/** One service for a group of tests, with helpers. */
export interface Arena {
  readonly service: TestService;
  /** Runs a script and gives what the service said of it; anything but a 200 fails the test. */
  run(script: string, fields?: Record<string, unknown>): Promise<AnswerBody>;
  /** Runs a script that must succeed, and gives its result. */
  result(script: string, fields?: Record<string, unknown>): Promise<unknown>;
  /** Makes other runtimes ready: jails of theirs wait from then on. */
  use(...runtimes: readonly ProgramRuntime[]): Promise<void>;
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
      // Pseudo-terminals give a script most to reach.
      service = await startService({ BRIG_TERMINALS: 'on', ...overrides });
      // Parts that the first execution loads (a worker of the analysis, …) stay.
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
      use: async (...runtimes) => {
        await warmUp(running(), ...runtimes);
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
