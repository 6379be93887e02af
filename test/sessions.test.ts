import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectNothingLeft, readHostState, readSettledState, type HostState } from './support/host-state.ts';
import { startService, type TestService } from './support/service.ts';
import { ask, openTestSession, type CellBody, type TestSession } from './support/sessions.ts';

let service: TestService;
let before: HostState;
let idle: HostState;
const open: TestSession[] = [];

async function openOne(body: unknown = {}): Promise<TestSession> {
  const session = await openTestSession(service.url, body);
  open.push(session);
  return session;
}

beforeAll(async () => {
  before = readHostState();
  service = await startService({ BRIG_SESSION_FREEZE_AFTER: '0.2' });
  await service.execute({ script: 'def main():\n    return 1' });
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

const plain = ({ results }: CellBody): unknown[] => results.map(({ data }) => data['text/plain']);

describe('a session', () => {
  it('keeps names, files, modules and the directory from cell to cell', async () => {
    const { run } = await openOne();
    expect(
      await run('import os\nx = 20\nopen("a.txt", "w").write("hello")\nos.mkdir("d")\nos.chdir("d")'),
    ).toMatchObject({
      success: true,
      result: null,
      results: [],
      session: { state: 'idle', generation: 1, execution_count: 1 },
    });
    const second = await run('print(os.getcwd(), open("../a.txt").read())\nx + 1');
    expect(second).toMatchObject({
      success: true,
      stdout: '/work/d hello\n',
      session: { execution_count: 2 },
    });
    expect(second.results).toEqual([{ main: true, data: { 'text/plain': '21' } }]);
    const third = await run('_');
    expect(plain(third)).toEqual(['21']);
    // The value is a result: nothing is advised to print it.
    expect(third).not.toHaveProperty('suggestions');
    expect((await run('_;')).results).toEqual([]);
  });

  it('shows results in the forms that their classes offer, and what is displayed', async () => {
    const { run } = await openOne();
    const body = await run(
      [
        'class Table:',
        '    def _repr_html_(self): return "<b>é</b>"',
        '    def _repr_png_(self): return b"\\x89PNG"',
        '    def _repr_json_(self): return {"big": 2 ** 60}',
        'class Bundle:',
        '    def _repr_mimebundle_(self, include=None, exclude=None): return {"text/plain": "plain", "a/b": [1]}, {"a/b": {}}',
        'display(Bundle(), 5)',
        'Table()',
      ].join('\n'),
    );
    expect(body.results).toEqual([
      { main: false, data: { 'text/plain': 'plain', 'a/b': [1] } },
      { main: false, data: { 'text/plain': '5' } },
      {
        main: true,
        data: {
          'text/plain': expect.stringMatching(/^<__main__.Table object at 0x/),
          'text/html': '<b>é</b>',
          'image/png': 'iVBORw==',
          'application/json': { big: 2 ** 60 },
        },
      },
    ]);
  });

  it('goes on after errors, with the lines of every cell in the traceback', async () => {
    const { run } = await openOne();
    await run('def f(n):\n    return 1 / n');
    const failed = await run('x = 1\nf(0)');
    expect(failed).toMatchObject({
      success: false,
      error: 'runtime_error',
      error_type: 'ZeroDivisionError',
      location: { line: 2, column: 1 },
    });
    expect(failed.traceback).toContain('File "In [2]", line 2, in <module>\n    f(0)');
    expect((await run('1 / 0')).traceback).toContain('    1 / 0\n    ~~^~~\n');
    expect(failed.traceback).toContain('File "In [1]", line 2, in f\n    return 1 / n');
    expect(await run('x +')).toMatchObject({ error: 'syntax_error', location: { line: 1 } });
    expect(await run('exit(3)')).toMatchObject({ error: 'exited', return_code: 3 });
    expect(await run('x')).toMatchObject({ success: true, session: { execution_count: 6, state: 'idle' } });
  });

  it('has no frames below those of a cell', async () => {
    const { run } = await openOne();
    expect(
      plain(await run('import sys, traceback\n(sys._getframe().f_back, len(traceback.extract_stack()))')),
    ).toEqual(['(None, 1)']);
    const deep =
      'def down(n): return n and down(n - 1)\n(sys.getrecursionlimit(), down(sys.getrecursionlimit() - 2))';
    expect(plain(await run(deep))).toEqual(['(1000, 0)']);
    expect(await run('down(sys.getrecursionlimit())')).toMatchObject({ error_type: 'RecursionError' });
  });

  it('awaits at top level, in one event loop whose tasks go on', async () => {
    const { run } = await openOne();
    await run(
      'import asyncio\nasync def later():\n    await asyncio.sleep(0.01)\n    return 7\ntask = asyncio.create_task(later()) if False else None',
    );
    expect(plain(await run('await later()'))).toEqual(['7']);
    await run('async def start():\n    global task\n    task = asyncio.create_task(later())\nawait start()');
    expect(plain(await run('await task'))).toEqual(['7']);
    expect(
      plain(await run('[n async for n in (lambda: (i async for i in agen()))()] if False else "end"')),
    ).toEqual(["'end'"]);
  });

  it('runs programs and functions in the same namespace', async () => {
    const { run } = await openOne();
    await run('base = 10');
    expect(
      await run('def main(n, k=1):\n    return {"sum": base + n + k}', {
        mode: 'function',
        args: [1],
        kwargs: { k: 2 },
      }),
    ).toMatchObject({ success: true, result: { sum: 13 }, results: [] });
    expect(await run('pass', { mode: 'function', function: 'other' })).toMatchObject({
      error: 'missing_main',
    });
    expect(
      await run('import sys\nprint(sys.argv[1:], input())', {
        mode: 'script',
        args: ['a'],
        stdin: 'line\nrest',
      }),
    ).toMatchObject({
      success: true,
      stdout: "['a'] line\n",
    });
    expect(await run('input()', { stdin: 'fresh' })).toMatchObject({
      results: [{ data: { 'text/plain': "'fresh'" } }],
    });
    expect(await run('import os; os.environ["A"]', { env: { A: 'b' } })).toMatchObject({ success: true });
    expect(plain(await run('os.environ["A"]'))).toEqual(["'b'"]);
  });

  it('streams a cell: output and results as they come', async () => {
    const { url } = await openOne();
    const script = 'print("one")\ndisplay(1)\n2';
    const answer = await ask(`${url}/execute`, 'POST', { script }, { accept: 'text/event-stream' });
    const events = answer.bytes
      .toString()
      .trim()
      .split('\n\n')
      .map((event) => event.split('\n')[0]);
    expect([...events].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      'event: done',
      'event: result',
      'event: result',
      'event: start',
      'event: stdout',
    ]);
    expect(events.at(-1)).toBe('event: done');
  });

  it('takes one thing at a time', async () => {
    const { run, ask: say } = await openOne();
    const running = run('for n in range(10**12): n');
    let busy = await say('POST', '/execute', { script: '1' });
    while (busy.status === 200) busy = await say('POST', '/execute', { script: '1' });
    expect(busy).toMatchObject({ status: 409, body: { error: 'busy', retryable: true } });
    expect((await say('GET', '/files')).status).toBe(409);
    expect(await say('GET')).toMatchObject({ status: 200, body: { state: 'running' } });
    expect(await say('POST', '/interrupt')).toMatchObject({ status: 200, body: { state: 'interrupting' } });
    expect(await running).toMatchObject({
      error: 'runtime_error',
      error_type: 'KeyboardInterrupt',
      session: { state: 'idle' },
    });
  });

  it('interrupts at the wall clock limit, and goes on', async () => {
    const { run } = await openOne();
    const limits = { timeout: 0.3 };
    await run('kept = 1');
    for (const script of [
      'while True: pass',
      'import time\ntime.sleep(60)',
      'import os\nos.system("sleep 60")',
    ]) {
      expect(await run(script, { limits }), script).toMatchObject({
        error: 'timeout',
        session: { state: 'idle' },
      });
    }
    expect(await run('while True: pass', { limits: { cpu_time: 0.2 } })).toMatchObject({
      error: 'cpu_limit',
    });
    expect(await run('while True: print("x" * 10000)', { limits: { timeout: 20 } })).toMatchObject({
      error: 'output_limit',
    });
    expect(plain(await run('kept'))).toEqual(['1']);
  });

  it('tells who asks that it is gone, why and when', async () => {
    const { run, ask: say, id } = await openOne();
    expect(await run('import os\nos._exit(4)')).toMatchObject({
      error: 'exited',
      return_code: 4,
      session: { state: 'lost', lost: 'exited' },
    });
    for (const [method, path, body] of [
      ['POST', '/execute', { script: '1' }],
      ['POST', '/interrupt', undefined],
      ['GET', '', undefined],
      ['GET', '/files', undefined],
      ['GET', '/files/a', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      expect(await say(method, path, body), path).toMatchObject({
        status: 410,
        body: { error: 'session_lost', error_type: 'exited', lost_at: expect.stringMatching(/Z$/) },
      });
    }
    const list = await ask<{ sessions: { id: string }[] }>(`${service.url}/sessions`, 'GET');
    expect(list.body.sessions.map((one) => one.id)).not.toContain(id);
  });

  it('reads, writes and lists files', async () => {
    const { run, ask: say } = await openOne({ files: [{ path: 'in/a.txt', content: 'first' }] });
    expect(await say('PUT', '/files/in/a.txt', Buffer.from([0, 1, 255]))).toMatchObject({
      status: 200,
      body: { path: 'in/a.txt', size: 3 },
    });
    await run('open("in/b*[1].html", "w").write("<script>")');
    const { body } = await say<{ files: { path: string; size: number }[] }>('GET', '/files');
    expect(body.files.map(({ path, size }) => [path, size])).toEqual([
      ['in/a.txt', 3],
      ['in/b*[1].html', 8],
    ]);
    const html = await say('GET', `/files/in/${encodeURIComponent('b*[1].html')}`);
    expect([html.status, html.bytes.toString()]).toEqual([200, '<script>']);
    expect(html.headers).toMatchObject({
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect((await say('GET', '/files/in/a.txt')).bytes.toString('hex')).toBe('0001ff');
    expect((await say('GET', '/files/none')).status).toBe(404);
    expect((await say('GET', '/files/in')).status).toBe(404);
    expect((await say('PUT', '/files/in', Buffer.from('x'))).status).toBe(400);
    expect((await say('GET', `/files/${encodeURIComponent('../etc/passwd')}`)).status).toBe(400);
    expect((await run('1')).session.execution_count).toBe(2);
  });

  it('is frozen while nobody asks, and goes on at the next call', async () => {
    const { run, ask: say } = await openOne();
    await run(
      'import threading, time\nticks = 0\ndef tick():\n    global ticks\n    while True:\n        time.sleep(0.01)\n        ticks += 1\nthreading.Thread(target=tick, daemon=True).start()',
    );
    let { body } = await say<{ state: string }>('GET');
    while (body.state !== 'frozen') ({ body } = await say<{ state: string }>('GET'));
    const seen = await run('time.sleep(0.1)\nticks');
    expect(seen).toMatchObject({ success: true, session: { state: 'idle' } });
  });

  it('ends when it was idle for too long, and when its life is over', async () => {
    const idleOne = await openOne({ idle_timeout: 1 });
    const shortOne = await openOne({ lifetime: 1, limits: { timeout: 30 } });
    expect(await shortOne.ask('POST', '/execute', { script: 'while True: pass' })).toMatchObject({
      status: 410,
      body: { error_type: 'lifetime' },
    });
    let said = await idleOne.ask('GET');
    while (said.status === 200) said = await idleOne.ask('GET');
    expect(said).toMatchObject({ status: 410, body: { error_type: 'idle' } });
  });
});
