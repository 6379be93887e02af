import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { send, startService, type TestService } from '../support/service.ts';

let service: TestService;
let client: DialectClient;
beforeAll(async () => {
  service = await startService({ BRIG_MAX_TIMEOUT: '30', BRIG_MAX_MEMORY_MB: '512' });
  client = openDialect(service.url, 'code-cantation');
});
afterAll(async () => {
  expect(service.incidents).toEqual([]);
  await service.close();
});

const execute = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { status, body } = await client.post('/execute', request);
  expect(status).toBe(200);
  return body;
};
const run = (code: string, more: Record<string, unknown> = {}) => execute({ code, ...more });
const answer = (parts: Record<string, unknown>): Record<string, unknown> => ({
  captured_output: null,
  console_log: '',
  exec_error: null,
  safety_violation: null,
  ...parts,
});
const violation = (...lines: string[]): Record<string, unknown> =>
  answer({ console_log: null, safety_violation: ['Violations found:', ...lines].join('\n') });

describe('what Code Cantation documents', () => {
  it('runs a script', async () => {
    const body = await run("a = 10\nb = 20\nprint('sum =', a + b)\n");
    expect(body).toEqual(answer({ console_log: 'sum = 30\n' }));
    expect(Object.keys(body)).toEqual(['captured_output', 'console_log', 'exec_error', 'safety_violation']);
  });

  it('calls a function', async () => {
    const greet = "def greet():\n    print('hello')\n    return 'hello'\n";
    expect(await run(greet, { code_type: 'FUNCTION' })).toEqual(
      answer({ captured_output: 'hello', console_log: 'hello\n' }),
    );
  });

  it('calls a function with arguments', async () => {
    const add = "def add(a, b):\n    print('adding', a, b)\n    return a + b\n";
    expect(await run(add, { code_type: 'FUNCTION', input_values: [5, 7] })).toEqual(
      answer({ captured_output: 12, console_log: 'adding 5 7\n' }),
    );
  });

  it('restricts files to a folder', async () => {
    const root = { allowed_root: '/sandbox/work' };
    expect(await run("open('data.txt', 'w').write('ok')", root)).toEqual(answer({}));
    expect(await run("open('data.txt', 'w').write('ok')", { ...root, work_dir: '/sandbox/work' })).toEqual(
      answer({}),
    );
  });

  it('refuses an unsafe import', async () => {
    expect(await run('import requests')).toEqual(
      violation('  Line 1, Col 0: Unsafe module import: requests'),
    );
  });
});

describe('what kind of code it is', () => {
  it.each([
    ['def f():\n    return 1\n"doc"\ndef g():\n    return 2', {}, 2],
    ['def f():\n    def g(): return 2\n    return 1', {}, 1],
    ['import math\ndef f(): return 1', {}, null],
    ['import math\ndef f(): return math.floor(1.5)', { code_type: 'FUNCTION' }, 1],
    ['async def f(): return 1', {}, null],
    ['async def f(): return 1', { code_type: 'FUNCTION' }, 1],
    ['def f(): return 1', { code_type: 'SCRIPT' }, null],
    ['def f(): return 1', { code_type: null, input_values: null }, 1],
    ['', {}, null],
    ['# nothing', {}, null],
  ])('%j with %j gives %j', async (code, more, captured) => {
    expect(await run(code, more)).toEqual(answer({ captured_output: captured }));
  });

  it('says where there is no function to call', async () => {
    expect(await run('x = 1', { code_type: 'FUNCTION' })).toEqual(
      answer({ exec_error: 'No function found in the code' }),
    );
  });

  it('gives what JSON has no words for as what comes next, and keeps digits', async () => {
    const code = "def f(n): return [float('nan'), -float('inf'), {1}, (2, frozenset([3])), n]";
    const body = '{"code":' + JSON.stringify(code) + ',"input_values":[123456789012345678901]}';
    const { text } = await send(`${service.url}/dialects/code-cantation/execute`, body, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(text).toContain('"captured_output":[null,null,[1],[2,[3]],123456789012345678901]');
  });

  it('says what cannot be JSON at all', async () => {
    expect(await run('def f(): return object()')).toMatchObject({
      exec_error: 'result: object is not JSON serializable',
    });
  });
});

describe('safety', () => {
  it.each([
    ['import os\nos.system("ls")', '  Line 2, Col 0: Unsafe function call: os.system'],
    [
      'x = eval("1")',
      '  Line 1, Col 4: Use of dangerous built-in function: eval',
      '  Line 1, Col 4: Unsafe function call: eval',
    ],
    ['globals()', '  Line 1, Col 0: Use of dangerous built-in function: globals'],
    ['x = eval\nx("1")', '  Line 2, Col 0: Call to aliased unsafe function: x'],
    ['getattr(1, "real")', '  Line 1, Col 0: Unsafe function call: getattr'],
    ['import urllib.request', '  Line 1, Col 0: Unsafe module import: urllib.request'],
    ['import http.client', '  Line 1, Col 0: Unsafe module import: http.client'],
    ['if 1:\n    from subprocess import run', '  Line 2, Col 4: Unsafe module import: subprocess'],
  ])('finds %j', async (code, ...lines) => {
    expect(await run(code)).toEqual(violation(...lines));
  });

  it('finds a function that was imported by its name', async () => {
    const { safety_violation: text } = await run('from os import system\nsystem("ls")');
    expect(text).toContain('Line 2, Col 0: Call to aliased unsafe function: system');
  });

  it('tells every hit, in order', async () => {
    expect(await run('import sys\nimport pickle\nexec("1")')).toEqual(
      violation(
        '  Line 1, Col 0: Unsafe module import: sys',
        '  Line 2, Col 0: Unsafe module import: pickle',
        '  Line 3, Col 0: Use of dangerous built-in function: exec',
        '  Line 3, Col 0: Unsafe function call: exec',
      ),
    );
  });

  it.each(['import os\nprint(os.path.join("a", "b"))', 'def system(x): return x\nprint(system("a/b"))'])(
    'lets %j pass',
    async (code) => {
      expect(await run(code)).toEqual(answer({ console_log: 'a/b\n' }));
    },
  );

  it('adds the lists of the caller, or puts them in place of its own', async () => {
    const json = 'import json\nprint(json.dumps(1))';
    expect(await run(json, { unsafe_modules: ['json'] })).toEqual(
      violation('  Line 1, Col 0: Unsafe module import: json'),
    );
    expect(await run(json, { unsafe_functions: ['json.dumps'] })).toEqual(
      violation('  Line 2, Col 6: Unsafe function call: json.dumps'),
    );
    const override = { override_default_safety: true };
    expect(await run('import sys', { ...override, unsafe_modules: ['json'] })).toEqual(answer({}));
    expect(await run('import sys', { ...override, unsafe_modules: [] })).toEqual(
      violation('  Line 1, Col 0: Unsafe module import: sys'),
    );
    expect(await run('eval("1")', { ...override, unsafe_functions: ['print'] })).toEqual(
      violation('  Line 1, Col 0: Use of dangerous built-in function: eval'),
    );
  });

  it('runs anything where it is off', async () => {
    expect(await run('import sys; sys.stdout.write("x")', { run_safety: false })).toEqual(
      answer({ console_log: 'x' }),
    );
  });

  it.each(['def f(:', 'import requests\ndef f(:'])('says of %j that it is no Python', async (code) => {
    const row = code.split('\n').length;
    expect(await run(code)).toEqual(
      answer({
        console_log: null,
        safety_violation: `Syntax error: invalid syntax (<unknown>, line ${row})`,
      }),
    );
    expect(await run(code, { run_safety: false })).toEqual(
      answer({ exec_error: `invalid syntax (<string>, line ${row})` }),
    );
  });
});

describe('errors of a run', () => {
  it('keeps what was printed before', async () => {
    expect(await run('print("so far")\n1/0')).toEqual(
      answer({ console_log: 'so far\n', exec_error: 'division by zero' }),
    );
    expect(await run('print("so far")\nwhile True: pass', { timeout_sec: 1 })).toEqual(
      answer({ console_log: 'so far\n', exec_error: 'Execution timed out after 1 seconds' }),
    );
  });

  it('has a text for memory, and for CPU time', async () => {
    const { exec_error: memory } = await run('x = bytearray(10 ** 9)', { memory_limit_mb: 64 });
    expect(memory).toContain('64 MiB');
    const { exec_error: cpu } = await run('while True: pass', { cpu_time_limit_sec: 1, timeout_sec: 20 });
    expect(cpu).toBe('CPU time limit of 1 seconds exceeded');
  });

  it('shows all of a large output, and what goes to the descriptor itself', async () => {
    const { console_log: text } = await run('print("x" * 3_000_000)');
    expect((text as string).length).toBe(3_000_001);
    const raw = await run('import os\nos.write(1, b"raw")', { run_safety: false });
    expect(raw).toEqual(answer({ console_log: 'raw' }));
  });

  it('cuts limits to the ceilings, and takes 0 and null for none', async () => {
    const limits = { timeout_sec: 9999, cpu_time_limit_sec: 0, memory_limit_mb: null };
    expect(await run('print(1)', limits)).toEqual(answer({ console_log: '1\n' }));
  });
});

describe('the allowed root', () => {
  const root = '/home/somebody/project';

  it('is one directory, which starts empty, under the path that the caller names', async () => {
    const code = `open('${root}/a', 'w').write('x')\nimport os\nprint(os.getcwd(), os.listdir('${root}'))`;
    expect(await run(code, { allowed_root: root, run_safety: false })).toEqual(
      answer({ console_log: `${root} ['a']\n` }),
    );
    const again = await run('import os\nprint(os.listdir("."))', { allowed_root: root, run_safety: false });
    expect(again).toEqual(answer({ console_log: '[]\n' }));
  });

  it.each([
    ["open('/etc/passwd')", '/etc/passwd'],
    ["open('../other', 'w')", '/home/somebody/other'],
    ["import os\nos.listdir('/tmp')", '/tmp'],
    ["import os\nos.symlink('/etc/passwd', 'l')\nopen('l')", '/etc/passwd'],
  ])('keeps %j out', async (code, path) => {
    expect(await run(code, { allowed_root: root, run_safety: false })).toEqual(
      answer({ exec_error: `Path access outside allowed root: ${path}` }),
    );
  });

  it('has the working directory within', async () => {
    const where = 'import os\nprint(os.getcwd())';
    const deep = { allowed_root: root, work_dir: `${root}/deep/er`, run_safety: false };
    expect(await run(where, deep)).toEqual(answer({ console_log: `${root}/deep/er\n` }));
    expect(await run(where, { ...deep, work_dir: `${root}-2` })).toEqual(
      answer({ console_log: null, exec_error: 'work_dir must be within allowed_root' }),
    );
  });

  it('leaves the standard library to be imported, and modules of its own', async () => {
    const code = "open('mine.py', 'w').write('x = 5')\nimport mine, json, decimal\nprint(json.dumps(mine.x))";
    expect(await run(code, { allowed_root: root })).toEqual(answer({ console_log: '5\n' }));
    const zone =
      'import zoneinfo, mimetypes\nprint(zoneinfo.ZoneInfo("Europe/Berlin"), mimetypes.guess_type("a.py")[0])';
    expect(await run(zone, { allowed_root: root })).toEqual(
      answer({ console_log: 'Europe/Berlin text/x-python\n' }),
    );
  });

  it('can have words of a log in its path, which blame nothing on the host', async () => {
    const named = { allowed_root: '/a run time >= time limit (9 >= 1)', run_safety: false };
    expect(await run('import os\nos._exit(3)', named)).toMatchObject({
      exec_error: 'The script ended the process with status 3.',
    });
  });

  it.each(['/', '/usr/lib', '/proc', '/a:b', `/${'x/'.repeat(60)}`])('cannot be %j', async (path) => {
    const { exec_error: text } = await run('1', { allowed_root: path });
    expect(text).toContain('cannot be a directory of the jail');
  });
});

describe('the protocol', () => {
  it('tells every field that does not fit', async () => {
    const body = { timeout_sec: -1, code_type: 'script', memory_limit_mb: 1.5, unsafe_modules: ['a', 1] };
    const more = { run_safety: 'maybe', cpu_time_limit_sec: 'x', input_values: {}, more: 1 };
    expect(await client.post('/execute', { ...body, ...more })).toEqual({
      status: 422,
      body: {
        detail: [
          ['missing', 'code', 'Field required'],
          ['bool_parsing', 'run_safety', 'Input should be a valid boolean, unable to interpret input'],
          ['literal_error', 'code_type', "Input should be 'SCRIPT' or 'FUNCTION'"],
          ['list_type', 'input_values', 'Input should be a valid list'],
          ['string_type', 'unsafe_modules', 'Input should be a valid string', 1],
          ['greater_than_equal', 'timeout_sec', 'Input should be greater than or equal to 0'],
          [
            'int_parsing',
            'cpu_time_limit_sec',
            'Input should be a valid integer, unable to parse string as an integer',
          ],
          [
            'int_from_float',
            'memory_limit_mb',
            'Input should be a valid integer, got a number with a fractional part',
          ],
        ].map(([type, field, msg, ...index]) => ({ type, loc: ['body', field, ...index], msg })),
      },
    });
  });

  it.each([
    ['{', 'json_invalid'],
    ['', 'missing'],
    ['[1]', 'model_attributes_type'],
    [`{"code":${'['.repeat(10_000)}`, 'json_invalid'],
  ])('says what is wrong with the body %.10j', async (raw, type) => {
    const { status, body } = await client.post('/execute', raw);
    expect([status, (body['detail'] as { type: string }[])[0]?.type]).toEqual([422, type]);
  });

  it('reads large bodies elsewhere, and refuses code that is too large', async () => {
    const data = 'x'.repeat(200_000);
    expect(await run('def f(x): return len(x)', { input_values: [data] })).toEqual(
      answer({ captured_output: 200_000 }),
    );
    expect((await client.post('/execute', { code: data, timeout_sec: 'x' })).status).toBe(422);
    const large = await client.post('/execute', { code: `#${'x'.repeat(2_000_000)}` });
    expect(large).toEqual({ status: 413, body: { detail: expect.stringContaining('at most') as string } });
  });

  it('has no other methods and routes', async () => {
    expect(await client.get('/execute')).toEqual({ status: 405, body: { detail: 'Method Not Allowed' } });
    expect(await client.get('/health')).toEqual({ status: 404, body: { detail: 'Not Found' } });
  });
});
