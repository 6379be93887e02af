import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { installPyston, runPyston } from '../support/piston.ts';
import { send, startService, type TestService } from '../support/service.ts';

let service: TestService;
let client: DialectClient;
beforeAll(async () => {
  [service] = await Promise.all([
    startService({ BRIG_RUNTIMES: 'python,node,go', BRIG_MAX_TIMEOUT: '20' }),
    installPyston(),
  ]);
  client = openDialect(service.url, 'piston');
}, 120_000);
afterAll(async () => {
  expect(service.incidents).toEqual([]);
  await service.close();
});

interface Answer {
  readonly run?: Record<string, unknown>;
  readonly compile?: Record<string, unknown>;
  readonly language: string;
  readonly version: string;
}
const execute = async (
  language: string,
  content: string,
  more: Record<string, unknown> = {},
): Promise<Answer> => {
  const order = { language, version: '*', files: [{ content }], ...more };
  const { status, body } = await client.post('/api/v2/execute', order);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as unknown as Answer;
};
const refuse = async (order: unknown): Promise<unknown> => {
  const { status, body } = await client.post('/api/v2/execute', order);
  return [status, body];
};

describe('what Piston documents', () => {
  it('lists languages with their aliases and packages', async () => {
    const { body } = await client.get('/api/v2/runtimes');
    expect(body).toMatchObject([
      {
        language: 'python',
        aliases: ['py', 'py3', 'python3'],
        version: expect.stringMatching(/^3\./) as string,
      },
      { language: 'javascript', runtime: 'node' },
      { language: 'go' },
    ]);
    expect((await client.get('/api/v2/packages')).body).toMatchObject([
      { language: 'python', installed: true },
      { language: 'javascript' },
      { language: 'go' },
    ]);
  });

  it('runs the first file, with arguments, standard input and the other files', async () => {
    const code = 'import sys, helper\nprint(sys.argv, input(), helper.x, open("raw").read())\nsys.exit(3)';
    const files = [
      { name: 'my_cool_code.py', content: code },
      { name: 'helper.py', content: 'x = 7' },
      { name: 'raw', content: '6869', encoding: 'hex' },
    ];
    const { run, ...rest } = await execute('py', '', { files, args: ['1', '2'], stdin: 'in\n' });
    expect(rest).toEqual({ language: 'python', version: expect.any(String) as string });
    expect(run).toMatchObject({
      ...{ stdout: "['my_cool_code.py', '1', '2'] in 7 hi\n", stderr: '', code: 3, signal: null },
      ...{ status: 'RE', message: 'Exited with error status 3', cpu_time: expect.any(Number) as number },
    });
  });

  it('joins both streams in the order in which they came', async () => {
    const script =
      'import sys, time\nfor n in range(3):\n  print(n, flush=True)\n  time.sleep(0.05)\n  print("e", n, file=sys.stderr, flush=True)\n  time.sleep(0.05)';
    expect((await execute('python', script)).run?.['output']).toBe('0\ne 0\n1\ne 1\n2\ne 2\n');
  });

  it('runs other languages', async () => {
    expect((await execute('js', 'console.log(process.argv.slice(2))', { args: ['a'] })).run?.['stdout']).toBe(
      "[ 'a' ]\n",
    );
    const good = 'package main\nimport "fmt"\nfunc main() { fmt.Println("go") }';
    const { compile, run } = await execute('golang', good);
    expect(compile).toMatchObject({ code: 0, stderr: '' });
    expect(run).toMatchObject({ stdout: 'go\n', code: 0, status: null });
    const bad = await execute('go', 'package main\nfunc main() { nothing() }');
    expect(bad.compile).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('undefined: nothing') as string,
    });
    expect(bad).not.toHaveProperty('run');
  }, 120_000);

  it.each([
    ['import time\ntime.sleep(9)', { run_timeout: 300 }, { code: null, signal: 'SIGKILL', status: 'TO' }],
    ['while True: pass', { run_cpu_time: 300 }, { code: null, signal: 'SIGKILL', status: 'TO' }],
    [
      'import os\nos.kill(os.getpid(), 11)',
      {},
      { code: null, signal: 'SIGSEGV', status: 'SG', message: 'Caught fatal signal 11' },
    ],
    ['x = "a" * 500_000_000', { run_memory_limit: 64 * 1024 * 1024 }, { status: 'SG' }],
    [
      'while True: print("x" * 100_000)',
      {},
      { signal: 'SIGKILL', status: 'OL', message: 'stdout length exceeded' },
    ],
    [
      '1 / 0',
      {},
      {
        code: 1,
        status: 'RE',
        stderr: expect.stringContaining('ZeroDivisionError: division by zero') as string,
      },
    ],
  ])('says how a run ended: %s', async (script, limits, expected) => {
    expect((await execute('python', script, limits)).run).toMatchObject(expected);
  });
});

describe('a refusal', () => {
  it.each([
    [{}, 400, 'language is required as a string'],
    [{ language: 'python' }, 400, 'version is required as a string'],
    [{ language: 'python', version: '*' }, 400, 'files is required as an array'],
    [{ language: 'python', version: '*', files: [{}] }, 400, 'files[0].content is required as a string'],
    [{ language: 'cobol', version: '*', files: [{ content: '' }] }, 400, 'cobol-* runtime is unknown'],
    [{ language: 'python', version: '^2', files: [{ content: '' }] }, 400, 'python-^2 runtime is unknown'],
    [
      { language: 'python', version: '*', files: [{ content: '' }], run_timeout: 'soon' },
      400,
      'If specified, run_timeout must be a number',
    ],
    [
      { language: 'python', version: '*', files: [{ content: '' }], run_timeout: 30_000 },
      400,
      'run_timeout cannot exceed the configured limit of 20000',
    ],
  ])('has the message alone: %j', async (order, status, message) => {
    expect(await refuse(order)).toEqual([status, { message }]);
  });

  it('keeps files in the working directory', async () => {
    const files = [{ content: '' }, { name: '../out', content: '' }];
    expect(await refuse({ language: 'python', version: '*', files })).toMatchObject([
      400,
      { message: /".."/ },
    ]);
  });

  it('has that shape for paths, methods and media types too', async () => {
    expect(await client.get('/api/v2/nothing')).toEqual({ status: 404, body: { message: 'Not Found' } });
    expect(await client.get('/api/v2/execute')).toEqual({
      status: 405,
      body: { message: 'Method Not Allowed' },
    });
    expect((await client.post('/api/v2/packages', {})).status).toBe(405);
    const text = await send(`${service.url}/dialects/piston/api/v2/execute`, '{}', { method: 'POST' });
    expect(text.status).toBe(400);
  });
});

describe('Pyston, a client of Piston', () => {
  it('lists languages and runs scripts', async () => {
    const seen = await runPyston(service.url, [
      'languages = sorted(await client.languages())',
      'output = await client.execute("python", [File("print(input())")], stdin="hello")',
      'print(json.dumps([languages, str(output), output.run_stage.code]))',
    ]);
    expect(seen).toEqual([['go', 'javascript', 'python'], 'hello\n', 0]);
  });
});
