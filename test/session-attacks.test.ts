import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectNothingLeft, readHostState, readSettledState, type HostState } from './support/host-state.ts';
import { startServe } from './support/serve.ts';
import { startService, type TestService } from './support/service.ts';
import { ask, openTestSession, type CellBody, type TestSession } from './support/sessions.ts';

const ada = { 'x-api-key': 'a-key-of-ada' };
const bob = { 'x-api-key': 'a-key-of-bob' };
let service: TestService;
let before: HostState;
let idle: HostState;
const open: TestSession[] = [];

async function openOne(body: unknown = {}, who = ada): Promise<TestSession> {
  const session = await openTestSession(service.url, body, who);
  open.push(session);
  return session;
}

beforeAll(async () => {
  before = readHostState();
  service = await startService({
    BRIG_API_KEYS: 'ada=a-key-of-ada,bob=a-key-of-bob',
    BRIG_SESSION_FREEZE_AFTER: '0.1',
    BRIG_MAX_SESSIONS: '5',
    BRIG_MAX_SESSIONS_PER_KEY: '3',
  });
  await service.execute({ script: 'def main():\n    return 1' }, { headers: ada });
  idle = await readSettledState();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
  await expectNothingLeft(idle);
  expect(service.incidents).toEqual([]);
});

afterAll(async () => {
  await service.close();
  await expectNothingLeft(before);
});

/** Every call of a session. */
const calls = [
  ['POST', '/execute', { script: '1' }],
  ['POST', '/interrupt', undefined],
  ['GET', '', undefined],
  ['GET', '/files', undefined],
  ['GET', '/files/a.txt', undefined],
  ['PUT', '/files/a.txt', Buffer.from('x')],
  ['DELETE', '', undefined],
] as const;

const plain = ({ results }: CellBody): unknown[] => results.map(({ data }) => data['text/plain']);

describe('another owner', () => {
  it('is told the same of a session, of one that has ended, and of one that never was', async () => {
    const there = await openOne();
    const gone = await openOne();
    await gone.close();
    const ids = [
      there.id,
      gone.id,
      `${there.id.slice(0, -4)}AAAA`,
      'A'.repeat(there.id.length),
      'x',
      '%00',
      '..%2f',
    ];
    for (const [method, path, body] of calls) {
      const answers = await Promise.all(
        ids.map((id) => ask(`${service.url}/sessions/${id}${path}`, method, body, bob)),
      );
      const [first] = answers;
      expect(first?.status, `${method} ${path}`).toBe(404);
      for (const answer of answers) expect(answer.body).toEqual(first?.body);
    }
    const list = await ask<{ sessions: unknown[] }>(`${service.url}/sessions`, 'GET', undefined, bob);
    expect(list.body.sessions).toEqual([]);
    expect(plain(await there.run('6 * 7'))).toEqual(['42']);
  });

  it('needs a key with the scope', async () => {
    const answer = await ask(`${service.url}/sessions`, 'POST', {});
    expect(answer.status).toBe(401);
  });
});

describe('many sessions', () => {
  it('have places of their own, so many for each key, and all come back', async () => {
    const mine = [await openOne(), await openOne(), await openOne()];
    await expect(openOne()).rejects.toThrow('503 You have as many sessions as you may.');
    await openOne({}, bob);
    await openOne({}, bob);
    await expect(openOne({}, bob)).rejects.toThrow('503 There is no place for another session.');
    const { status } = await service.execute({ script: 'def main():\n    return 1' }, { headers: ada });
    expect(status).toBe(200);
    await mine[0]?.close();
    await openOne();
  });

  it('opened at once get no more places than there are', async () => {
    const tried = await Promise.allSettled(Array.from({ length: 12 }, () => openOne()));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('opened and left are gone after their time, and leave nothing', async () => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(
        Array.from({ length: 3 }, () => openTestSession(service.url, { idle_timeout: 1 }, ada)),
      );
      for (;;) {
        const { body } = await ask<{ sessions: unknown[] }>(`${service.url}/sessions`, 'GET', undefined, ada);
        if (body.sessions.length === 0) break;
        await sleep(50);
      }
    }
    await expectNothingLeft(idle);
  });

  it('whose caller leaves while they are opened leave nothing', async () => {
    await Promise.allSettled(
      [1, 10, 30, 60, 100].map((ms) =>
        ask(`${service.url}/sessions`, 'POST', {}, ada, AbortSignal.timeout(ms)),
      ),
    );
    for (;;) {
      const { body } = await ask<{ sessions: { id: string; state: string }[] }>(
        `${service.url}/sessions`,
        'GET',
        undefined,
        ada,
      );
      // One may have been ready just before its caller left.
      for (const { id, state } of body.sessions)
        if (state !== 'opening') await ask(`${service.url}/sessions/${id}`, 'DELETE', undefined, ada);
      if (body.sessions.length === 0) break;
    }
  });
});

/** Scripts that break what a session stands on; none may be believed, or reach anybody else. */
const breaking: readonly (readonly [what: string, script: string, lost: string])[] = [
  ['closes every descriptor', 'import os\nos.closerange(0, 1000)', ''],
  ['closes the channel of its results', 'import os\nos.close(4)', ''],
  ['closes the channel of its requests', 'import os\nos.close(5)', ''],
  ['sends a result of its own', 'import os\nos.write(4, b"r\\0\\0\\0\\x011")', ''],
  ['sends what is no message', 'import os\nos.write(4, b"?" * 100)', 'protocol'],
  ['sends a refusal', 'import os\nos.write(4, b"u\\0\\0\\0\\x20" + bytes(32))', 'protocol'],
  ['sends a second greeting', 'import os\nos.write(4, b"y\\0\\0\\0\\x0a3 3.11.0  ")', 'protocol'],
  [
    'sends a display that is none',
    'import os\nos.write(4, b"v\\0\\0\\0\\x04\\xff\\xff\\xff\\xff")',
    'protocol',
  ],
  [
    'sends files that nobody asked for',
    'import os\nos.write(4, b"n\\0\\0\\0\\x09" + bytes(8) + b"a")',
    'protocol',
  ],
  [
    'reads its own requests',
    'import os, threading\nthreading.Thread(target=lambda: [os.read(5, 99) for _ in iter(int, 1)], daemon=True).start()',
    '',
  ],
  [
    'replaces the modules of the harness',
    'import sys\nfor name in list(sys.modules):\n    if name not in ("sys", "builtins"): sys.modules[name] = None',
    '',
  ],
  ['ends the process', 'import os\nos._exit(0)', 'exited'],
  ['ends the process by a signal', 'import os\nos.kill(os.getpid(), 11)', 'crashed'],
  ['kills all that it may', 'import os\nos.kill(-1, 9)', ''],
  ['stops itself', 'import os\nos.kill(os.getpid(), 19)', 'timeout'],
  [
    'survives its interrupt',
    'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass',
    'timeout',
  ],
  [
    'catches its interrupt for ever',
    'while True:\n    try:\n        while True: sum(range(9))\n    except KeyboardInterrupt: pass',
    'timeout',
  ],
  ['fills memory', 'kept = []\nwhile True: kept.append(bytes(1 << 20))', ''],
  [
    'fills memory in a child',
    'import os\nif os.fork() == 0:\n    kept = []\n    while True: kept.append(bytes(1 << 20))\nos.wait()',
    '',
  ],
  ['forks for ever', 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass', ''],
  ['forks, and both go on', 'import os\nos.fork()', ''],
  ['displays without end', 'while True: display("x" * 100000)', ''],
  ['recurses into its own display', 'class A:\n    def __repr__(self): return repr(self)\nA()', ''],
];

describe('a script that', () => {
  it.each(breaking)(
    '%s breaks its own session, and nobody else',
    { timeout: 120_000 },
    async (_what, script, lost) => {
      const other = await openOne({}, bob);
      await other.run('mine = 1');
      const session = await openOne({ limits: { memory_mb: 128, timeout: 2, processes: 32 } });
      await session.run('secret = 7');
      const answer = await session.ask('POST', '/execute', { script });
      expect([200, 410]).toContain(answer.status);
      if (lost !== '') expect(answer.body.session).toMatchObject({ state: 'lost', lost });
      // Whatever it broke: the next call is answered, by what it says of the session.
      const next = await session.ask('POST', '/execute', { script: 'secret', limits: { timeout: 3 } });
      if (next.status === 410) expect(next.body).toMatchObject({ error: 'session_lost' });
      else expect(next.body.session.generation).toBe(1);
      if (next.body.success) expect([['7'], []]).toContainEqual(plain(next.body));
      expect(plain(await other.run('mine'))).toEqual(['1']);
      const { body } = await service.execute({ script: 'def main():\n    return "sound"' }, { headers: ada });
      expect(body.result).toBe('sound');
      expect(service.service.health().status).toBe('healthy');
    },
  );
});

describe('a session that is left by everybody', () => {
  it('is interrupted when its caller goes, and is there for the next call', async () => {
    const session = await openOne();
    await session.run('x = 1');
    const signal = AbortSignal.timeout(300);
    await expect(
      ask(`${session.url}/execute`, 'POST', { script: 'x = 2\nwhile True: pass' }, ada, signal),
    ).rejects.toThrow();
    let next = await session.ask('POST', '/execute', { script: 'x' });
    while (next.status === 409) next = await session.ask('POST', '/execute', { script: 'x' });
    expect(plain(next.body)).toEqual(['2']);
  });

  it('is gone with a service that is killed, frozen or not, and says so to the next one', async () => {
    const env = { BRIG_SESSION_FREEZE_AFTER: '0.1', BRIG_API_KEYS: 'ada=a-key-of-ada' };
    const first = await startServe(env);
    const hostBefore = readHostState(first.pid);
    const session = await openTestSession(first.url, {}, ada);
    await session.run('import subprocess\nchild = subprocess.Popen(["sleep", "1000"])');
    let said = await session.ask<{ state: string }>('GET');
    while (said.body.state !== 'frozen') said = await session.ask<{ state: string }>('GET');
    first.kill('SIGKILL');
    await first.ended;
    await expectNothingLeft({ ...hostBefore, processes: [], descriptors: [] }, first.pid);
    const second = await startServe(env);
    try {
      const lost = await ask(`${second.url}/sessions/${session.id}/execute`, 'POST', { script: '1' }, ada);
      expect(lost).toMatchObject({ status: 410, body: { error: 'session_lost', error_type: 'restarted' } });
    } finally {
      second.kill('SIGTERM');
      await second.ended;
    }
  });
});
