import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectNothingLeft, listCgroups, readHostState } from './support/host-state.ts';
import { startService, type AnswerBody, type TestService } from './support/service.ts';

/** Not a setting of the service: those alone begin with BRIG_. */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60);
const CLIENTS = 8;
const LINES = 2000;
const TIMEOUT = 0.3;

/** Writes its token on every line, all of it before the script goes on to its end. */
const script = (end: string): string => `
import sys, time

def main(token):
    for line in range(${LINES}):
        print(token, line)
    print(token, file=sys.stderr)
    sys.stdout.flush()
    ${end}
`;

/** One way for an execution to go: what is asked for, and what is wrong with the answer, if something is. */
interface Kind {
  readonly name: string;
  readonly script: string;
  readonly limits?: Record<string, number>;
  /** The caller goes away after so many milliseconds; index picks one of many moments. */
  readonly leavesAfter?: (index: number) => number;
  readonly complain: (body: AnswerBody, token: string) => unknown[];
}

const allOutput = (token: string): string =>
  Array.from({ length: LINES }, (_, line) => `${token} ${line}\n`).join('');

/** What was expected of an answer and is not so; nothing where all is well. */
function differences(body: AnswerBody, wanted: Partial<AnswerBody>): unknown[] {
  return Object.entries(wanted)
    .filter(([field, value]) => body[field as keyof AnswerBody] !== value)
    .map(([field]) => ({ field, found: String(body[field as keyof AnswerBody]).slice(0, 300) }));
}

/** Of an execution that was cut short there is a beginning of its output, and nothing else. */
const strayOutput = (body: AnswerBody, token: string): unknown[] =>
  allOutput(token).startsWith(body.stdout) && `${token}\n`.startsWith(body.stderr)
    ? []
    : [{ field: 'output', found: body.stdout.slice(-300), stderr: body.stderr.slice(0, 300) }];

const succeeding: Kind = {
  name: 'success',
  script: script('return token'),
  complain: (body, token) =>
    differences(body, {
      success: true,
      result: token,
      return_code: 0,
      stdout: allOutput(token),
      stderr: `${token}\n`,
    }),
};

const failing: readonly Kind[] = [
  {
    name: 'exception',
    script: script('raise ValueError(token)'),
    complain: (body, token) =>
      differences(body, {
        success: false,
        error: 'runtime_error',
        error_type: 'ValueError',
        message: token,
        return_code: 1,
        stdout: allOutput(token),
        stderr: `${token}\n`,
      }),
  },
  {
    name: 'timeout',
    script: script('time.sleep(60)'),
    limits: { timeout: TIMEOUT },
    complain: (body, token) => [
      ...differences(body, { success: false, error: 'timeout', return_code: -9 }),
      ...strayOutput(body, token),
      ...(body.execution.duration_ms >= TIMEOUT * 1000 ? [] : [{ tooEarly: body.execution.duration_ms }]),
    ],
  },
  {
    name: 'memory',
    script: script('return len(bytearray(256 << 20))'),
    limits: { memory_mb: 32 },
    complain: (body, token) => [
      ...differences(body, { success: false, error: 'memory_limit' }),
      ...strayOutput(body, token),
    ],
  },
  {
    name: 'disconnect',
    script: script('time.sleep(60)'),
    // Some leave while they wait for their turn, some while the jail starts, some while the script runs.
    leavesAfter: (index) => (index * 37) % 600,
    complain: (body) => [{ answered: body }],
  },
];

/** Two of three go well. */
const kinds: readonly Kind[] = failing.flatMap((kind) => [succeeding, kind, succeeding]);

interface Tally {
  readonly ended: Map<string, number>;
  readonly complaints: unknown[];
}

async function send(service: TestService, index: number, { ended, complaints }: Tally): Promise<void> {
  const kind = kinds[index % kinds.length] ?? succeeding;
  const token = `token-${index}-${'abcdefghij'.repeat(3)}`;
  const { leavesAfter } = kind;
  try {
    const answer = await service.execute(
      { script: kind.script, args: [token], limits: kind.limits ?? {}, execution_id: token },
      leavesAfter === undefined ? {} : { signal: AbortSignal.timeout(leavesAfter(index)) },
    );
    const { status, body } = answer;
    const wrong =
      status === 200 && body.execution.id === token ? kind.complain(body, token) : [{ status, body }];
    for (const one of wrong) complaints.push({ kind: kind.name, token, wrong: one });
  } catch (error) {
    if (leavesAfter === undefined || (error as Error).name !== 'AbortError')
      complaints.push({ kind: kind.name, token, error });
  }
  ended.set(kind.name, (ended.get(kind.name) ?? 0) + 1);
}

it(
  `gives each of ${CLIENTS} clients its own outcome for ${SECONDS} s, and leaves nothing behind`,
  async () => {
    const before = readHostState();
    const service = await startService();
    const tally: Tally = { ended: new Map(), complaints: [] };
    try {
      const until = performance.now() + SECONDS * 1000;
      let next = 0;
      const client = async (): Promise<void> => {
        while (performance.now() < until) await send(service, next++, tally);
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      expect(tally.complaints.slice(0, 5), `of ${tally.complaints.length} in ${next} requests`).toEqual([]);
      expect(tally.ended.size, 'every kind of end was seen').toBe(1 + failing.length);
      await expectIdle(service);
    } finally {
      await service.close();
    }
    expect(service.incidents, 'faults of the service itself').toEqual([]);
    await expectNothingLeft(before);
  },
  (SECONDS + 60) * 1000,
);

/**
 * Nobody runs and nobody waits, and no cgroup is left but those of jails that wait for a script. A moment after the
 * last answer: places are given back when the jails are gone, those of callers who left, too.
 */
async function expectIdle({ service }: TestService): Promise<void> {
  const look = () => {
    const { running, waiting, building, warm } = service.health().pool;
    const leaves = listCgroups(process.pid).map((path) => /\/(jail-\d+)$/.exec(path)?.[1]);
    const jails = new Set(leaves.filter((name) => name !== undefined)).size;
    return { running, waiting, building, stray: jails - warm };
  };
  const idle = { running: 0, waiting: 0, building: 0, stray: 0 };
  for (let wait = 0; wait < 100 && JSON.stringify(look()) !== JSON.stringify(idle); wait += 1)
    await sleep(50);
  expect(look()).toEqual(idle);
  expect(service.health().status).toBe('healthy');
}
