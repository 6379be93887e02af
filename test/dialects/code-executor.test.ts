import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let client: DialectClient;
beforeAll(async () => {
  service = await startService({
    BRIG_MAX_TIMEOUT: '2',
    BRIG_DEFAULT_TIMEOUT: '2',
    MAX_OUTPUT_SIZE: '2000000',
  });
  client = openDialect(service.url, 'code-executor');
});
afterAll(async () => {
  expect(service.incidents).toEqual([]);
  await service.close();
});

const run = async (code: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
  const { status, body } = await client.post('/execute', { code, language: 'python', ...more });
  expect(status).toBe(200);
  return body;
};
const unsafe = { status: 400, body: { detail: 'Unsafe code detected' } };

describe('what the Code Executor Service documents', () => {
  it('runs a script', async () => {
    const body = await run('print("Hello, World!")');
    expect(body).toEqual({
      execution_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 'completed',
      stdout: 'Hello, World!\n',
      stderr: '',
      execution_time: expect.any(Number) as number,
      exit_code: 0,
    });
    expect(Object.keys(body)).toEqual([
      'execution_id',
      'status',
      'stdout',
      'stderr',
      'execution_time',
      'exit_code',
    ]);
  });

  it('takes an id of the caller', async () => {
    const request = { execution_id: 'optional-custom-id', timeout: 60, max_memory_mb: 2048 };
    expect(await run("print('Hello, World!')", request)).toMatchObject({
      execution_id: 'optional-custom-id',
    });
    expect(await run('1', { execution_id: 'with a blank' })).toMatchObject({ execution_id: 'with a blank' });
    expect((await run('1', { execution_id: '' }))['execution_id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says what a module that is missing needs', async () => {
    expect(await run('import tensorflow; print("Hi")')).toMatchObject({
      status: 'completed',
      stdout: '',
      stderr:
        "ImportError: No module named 'tensorflow'\nEnsure required modules are installed and in ALLOWED_MODULES.",
      exit_code: 1,
    });
  });

  it('refuses unsafe code', async () => {
    expect(await client.post('/execute', { code: 'import os; os.system("ls")' })).toEqual(unsafe);
  });

  it('is healthy', async () => {
    expect(await client.get('/health')).toEqual({ status: 200, body: { status: 'healthy' } });
  });
});

describe('unsafe code', () => {
  it.each([
    'import subprocess',
    'import sys',
    'eval("1")',
    'x = exec\nx("1")',
    'open("/etc/passwd")',
    'open("/tmp/../etc/passwd")',
    'from os import popen\npopen("ls")',
    '__import__("os").system("ls")',
    'from subprocess import run',
  ])('is %j', async (code) => {
    expect(await client.post('/execute', { code })).toEqual(unsafe);
  });

  it.each([
    'def system(x): print(x)\nsystem("ok")',
    'import os\nprint(os.path.join("ok"))',
    'open("/tmp/a", "w").write("ok")\nprint(open("/tmp/a").read())',
    'open("a", "w").write("ok")\nprint(open("a").read())',
    'class A:\n    def eval(self): print("ok")\nA().eval()',
  ])('is not %j', async (code) => {
    expect(await run(code)).toMatchObject({ stdout: 'ok\n', exit_code: 0 });
  });

  it('is not what is no Python: that is an error', async () => {
    for (const code of ['def f(:', 'eval("1")\ndef f(:']) {
      const body = await run(code);
      expect(body).toMatchObject({ status: 'error', stdout: '', exit_code: 1 });
      expect(body['stderr']).toContain('SyntaxError: invalid syntax');
    }
  });
});

describe('how code ends', () => {
  it.each([
    ['1/0', 'ZeroDivisionError: division by zero', 1],
    ['raise SystemExit(3)', '', 3],
    ['exit("bye")', 'bye\n', 1],
    ['input()', 'EOFError: EOF when reading a line', 1],
    ['x = bytearray(10 ** 9)', 'memory', -9],
  ])('%j is completed', async (code, stderr, exitCode) => {
    const body = await run(code, { max_memory_mb: 64 });
    expect(body).toMatchObject({ status: 'completed', exit_code: exitCode });
    expect(body['stderr']).toContain(stderr);
  });

  it.each([
    ['import time\ntime.sleep(60)', { timeout: 1 }, '', 1],
    ['import time\nprint("so far", flush=True)\ntime.sleep(60)', {}, 'so far\n', 2],
    ['import time\ntime.sleep(60)', { timeout: 9999 }, '', 2],
  ])('%j with %j times out', async (code, more, stdout, seconds) => {
    expect(await run(code, more)).toMatchObject({
      status: 'timeout',
      stdout,
      stderr: `Execution timed out after ${seconds} seconds`,
      exit_code: -9,
    });
  });

  it('shows all of a large output, up to the operator’s cap', async () => {
    const { stdout } = await run('print("x" * 1_500_000)');
    expect((stdout as string).length).toBe(1_500_001);
    const { stdout: cut } = await run('print("x" * 3_000_000)');
    expect((cut as string).length).toBeLessThan(2_001_000);
  });
});

describe('the protocol', () => {
  it('knows one language', async () => {
    expect(await client.post('/execute', { code: 'x', language: 'javascript' })).toEqual({
      status: 400,
      body: { detail: 'Language javascript not supported' },
    });
  });

  it('tells every field that does not fit', async () => {
    const { status, body } = await client.post('/execute', { language: 1, timeout: 'x', max_memory_mb: [] });
    expect(status).toBe(422);
    expect(body).toEqual({
      detail: [
        ['missing', 'code', 'Field required'],
        ['string_type', 'language', 'Input should be a valid string'],
        ['int_parsing', 'timeout', 'Input should be a valid integer, unable to parse string as an integer'],
        ['int_type', 'max_memory_mb', 'Input should be a valid integer'],
      ].map(([type, field, msg]) => ({ type, loc: ['body', field], msg })),
    });
  });

  it('has no other methods and routes', async () => {
    expect(await client.get('/execute')).toEqual({ status: 405, body: { detail: 'Method Not Allowed' } });
    expect(await client.post('/health', {})).toEqual({
      status: 405,
      body: { detail: 'Method Not Allowed' },
    });
    expect(await client.get('/')).toEqual({ status: 404, body: { detail: 'Not Found' } });
  });
});
