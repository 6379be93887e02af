import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutorEvent } from '../../src/executor/events.ts';
import {
  answer,
  fail,
  hangUp,
  replyWith,
  say,
  stall,
  startChatServer,
  TEST_KEY,
  type ChatReply,
  type ChatServer,
} from '../support/chat-server.ts';
import { openDialect, type DialectClient } from '../support/dialects.ts';
import { readBlocks } from '../support/markdown.ts';
import { expectExchange, findExchanges } from '../support/pages.ts';
import { startService, type TestService } from '../support/service.ts';

let chat: ChatServer;
let service: TestService;
let without: TestService;
let client: DialectClient;
let keyless: DialectClient;
const log: ExecutorEvent[] = [];
const onEvent = (event: ExecutorEvent): number => log.push(event);
/** Every answer; none may hold the key. */
const said: unknown[] = [];

beforeAll(async () => {
  chat = await startChatServer([stall]);
  const limits = { BRIG_MAX_TIMEOUT: '15', BRIG_MAX_MEMORY_MB: '256' };
  const model = { ...chat.settings, BRIG_LLM_RETRIES: '0', BRIG_LLM_TIMEOUT: '2' };
  [service, without] = await Promise.all([
    startService({ ...model, ...limits, BRIG_LLM_MAX_INPUT_BYTES: '2000' }, { onEvent }),
    startService({ ...limits, BRIG_MAX_TIMEOUT: '2', BRIG_DEFAULT_TIMEOUT: '2' }, { onEvent }),
  ]);
  client = openDialect(service.url, 'secure-python');
  keyless = openDialect(without.url, 'secure-python');
});
afterAll(async () => {
  expect([service.incidents, without.incidents]).toEqual([[], []]);
  await Promise.all([service.close(), without.close()]);
  await chat.close();
});

type Body = Record<string, unknown>;
const post = async (path: string, body: unknown, ...replies: ChatReply[]) => {
  chat.play(...replies);
  const got = await client.post(path, body);
  said.push(got);
  return got;
};
const execute = (code: string, reply: ChatReply, more: Body = {}) =>
  post('/execute', { code, ...more }, reply);
const generate = (query: string, reply: ChatReply, more: Body = {}) =>
  post('/generate-and-execute', { query, ...more }, reply);
const refused = (detail: string) => ({ status: 400, body: { detail } });

const fibonacci =
  "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a\n\nresult = fibonacci(10)\nprint(f'Fibonacci(10) = {result}')";
const primes =
  'def is_prime(n):\n    return n > 1 and all(n % i for i in range(2, n))\n\nprimes = [n for n in range(30) if is_prime(n)]\nprint(f"First 10 prime numbers: {primes}")';
const documented = { memory_limit: '100m', cpu_limit: 0.5 };
const executeKeys = 'stdout stderr exit_code execution_time original_code executed_code validation_result';
const generateKeys = 'query generated_code stdout stderr exit_code execution_time validation_result';

describe('what the Secure Python Code Execution Service documents', () => {
  it('runs code that is validated', async () => {
    const explanation = 'The code is safe and efficiently calculates the Fibonacci sequence.';
    const reply = replyWith({ validated_code: fibonacci, is_safe: true, explanation });
    const { status, body } = await execute(fibonacci, reply, { ...documented, timeout: 5 });
    expect(status).toBe(200);
    expect(body).toEqual({
      stdout: 'Fibonacci(10) = 55\n',
      stderr: '',
      exit_code: 0,
      execution_time: expect.any(Number) as number,
      original_code: fibonacci,
      executed_code: fibonacci,
      validation_result: explanation,
    });
    expect(Object.keys(body).join(' ')).toBe(executeKeys);
    const [call] = chat.calls;
    expect([chat.calls.length, call?.body.temperature]).toEqual([1, 0.2]);
    expect(call?.body.messages[0]?.content).toContain('"validated_code"');
    expect(call?.body.messages[1]?.content).toBe(JSON.stringify(fibonacci));
  });

  it('runs code as it is where no validation is asked for', async () => {
    const request = { ...documented, timeout: 5, validate_code: false };
    const { body } = await execute('print("Hello, World!")', stall, request);
    expect(body).toMatchObject({ stdout: 'Hello, World!\n', exit_code: 0, validation_result: null });
    expect(chat.calls).toHaveLength(0);
  });

  it('refuses unsafe code', async () => {
    const code = "import os\nprint('Files in root directory:', os.listdir('/'))";
    const reply = replyWith({ validated_code: code, is_safe: false, explanation: 'It lists files.' });
    expect(await execute(code, reply)).toEqual(refused('Code validation failed: It lists files.'));
  });

  it('has code written and runs it', async () => {
    const query = 'Calculate the first 10 prime numbers';
    const explanation = 'The code is secure and efficient.';
    const reply = replyWith({ generated_code: primes, is_safe: true, explanation });
    const request = { timeout: 15, memory_limit: '200m', cpu_limit: 0.5 };
    const { status, body } = await generate(query, reply, request);
    expect(status).toBe(200);
    expect(body).toEqual({
      query,
      generated_code: primes,
      stdout: 'First 10 prime numbers: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]\n',
      stderr: '',
      exit_code: 0,
      execution_time: expect.any(Number) as number,
      validation_result: explanation,
    });
    expect(Object.keys(body).join(' ')).toBe(generateKeys);
    const [call] = chat.calls;
    expect([chat.calls.length, call?.body.temperature]).toEqual([1, 0.3]);
    const [system, user] = call?.body.messages ?? [];
    for (const part of ['"generated_code"', '15 s of time', '200 MiB', '0.5 CPU'])
      expect(system?.content).toContain(part);
    expect(user).toEqual({ role: 'user', content: query });
  });

  it('is healthy', async () => {
    expect(await client.get('/health')).toEqual({ status: 200, body: { status: 'healthy' } });
  });
});

describe('validation', () => {
  it('runs what the model would rather have', async () => {
    const reply = replyWith({ validated_code: 'print("better")', is_safe: true });
    const { body } = await execute('print("good")', reply);
    expect(body).toMatchObject({
      ...{ stdout: 'better\n', original_code: 'print("good")', executed_code: 'print("better")' },
      validation_result: 'No explanation provided',
    });
  });

  it('runs the code itself where the model gives none back', async () => {
    const { body } = await execute('print(1)', replyWith({ is_safe: true, explanation: 'fine' }));
    expect(body).toMatchObject({ stdout: '1\n', executed_code: 'print(1)', validation_result: 'fine' });
  });

  const loosely = 'Validation response was not properly formatted as JSON, but code was extracted';
  it('takes code out of a block', async () => {
    const { body } = await execute('print(1)', say('Here:\n```python\nprint(2)\n```\nEnjoy.'));
    expect(body).toMatchObject({ stdout: '2\n', executed_code: 'print(2)', validation_result: loosely });
  });

  it.each<[string, ChatReply, string]>([
    ['a silent reply', replyWith({ validated_code: 'print(1)' }), 'No explanation provided'],
    ['a word for true', replyWith({ is_safe: 'true', explanation: 'Fine.' }), 'Fine.'],
    ['a refusal', say(null, 'stop', { refusal: 'I will not look at it.' }), 'I will not look at it.'],
    ['a block that imports', say('```python\nfrom os import path\n```'), loosely],
    ['nonsense', say('It looks nice.'), "malformed. The model's answer could not be used."],
    ['code in no block', say('import math\nprint(1)'), "malformed. The model's answer could not be used."],
  ])('takes code for unsafe after %s', async (_name, reply, explanation) => {
    expect(await execute('print(1)', reply)).toEqual(refused(`Code validation failed: ${explanation}`));
  });

  it('is skipped without a key, and says so', async () => {
    const { status, body } = await keyless.post('/execute', { code: 'print(1)' });
    expect([status, body]).toMatchObject([
      200,
      {
        stdout: '1\n',
        executed_code: 'print(1)',
        validation_result: 'Validation skipped: API key not configured',
      },
    ]);
    const plain = await keyless.post('/execute', { code: 'print(1)', validate_code: false });
    expect(plain.body['validation_result']).toBe(null);
  });

  it('does not send what is too long', async () => {
    const { status, body } = await execute(`#${'é'.repeat(1000)}`, stall);
    expect(status).toBe(413);
    expect(body).toEqual({ detail: 'The code is too long: at most 2000 bytes are sent to the model.' });
    expect(chat.calls).toHaveLength(0);
  });
});

describe('generation', () => {
  const code = 'print(6 * 7)';
  const full = { generated_code: code, is_safe: true, explanation: 'fine' };
  it.each<[string, ChatReply, string]>([
    ['JSON with words around it', say(`Sure!\n${JSON.stringify(full)}\nEnjoy.`), 'fine'],
    [
      'a block',
      say(`Sure!\n\`\`\`python\n${code}\n\`\`\``),
      'Response was not properly formatted as JSON, but code was extracted',
    ],
    ['code alone', say(code), 'Treating entire response as code (no JSON structure found)'],
    [
      'JSON that explains nothing',
      replyWith({ generated_code: code, is_safe: true }),
      'No explanation provided',
    ],
  ])('runs code from %s', async (_name, reply, explanation) => {
    const { status, body } = await generate('42', reply);
    expect([status, body]).toMatchObject([
      200,
      { query: '42', generated_code: code, stdout: '42\n', exit_code: 0, validation_result: explanation },
    ]);
  });

  it.each<[string, ChatReply, string]>([
    ['code that is called unsafe', replyWith({ ...full, is_safe: false }), 'fine'],
    ['code of which nothing is said', replyWith({ generated_code: code }), 'No explanation provided'],
    [
      'a block that imports what concerns',
      say('```python\nimport subprocess\n```'),
      'Response was not properly formatted as JSON, but code was extracted',
    ],
    [
      'code alone that does',
      say('import socket\ndef main(): pass'),
      'Treating entire response as code (no JSON structure found)',
    ],
  ])('refuses %s', async (_name, reply, explanation) => {
    expect(await generate('42', reply)).toEqual(refused(`Generated code validation failed: ${explanation}`));
  });

  it.each<[string, ChatReply, string]>([
    ['nonsense', say('I cannot.'), "malformed. The model's answer could not be used."],
    ['no code', replyWith({ is_safe: false, explanation: 'It is evil.' }), 'no_code. It is evil.'],
    ['a refusal', say(null, 'stop', { refusal: 'No.' }), 'no_code. No.'],
    ['half an answer', say('{"generated_code": "pri', 'length'), 'truncated. '],
    ['a wrong key', fail(401), "authentication. The model's API does not take this service's key."],
    ['too many calls', fail(429), 'throttled. '],
    ['a failure', fail(500), 'unavailable. '],
    ['no API', answer(404, {}), 'rejected. '],
    ['no answer', stall, 'timeout. The model did not answer in time.'],
    ['no connection', hangUp, 'connection. '],
  ])('fails with its kind after %s, and the log has the cause', async (name, reply, kind) => {
    log.length = 0;
    const { status, body } = await generate('42', reply);
    expect(status).toBe(400);
    expect(body['detail']).toContain(`Failed to generate code from query: ${kind}`);
    if (kind.startsWith('no_code')) return;
    const failure = log.find(({ type }) => type === 'model_failed');
    expect(failure, name).toMatchObject({
      kind: kind.split('.')[0],
      requestId: expect.any(String) as string,
    });
  });

  it('fails the same way where a validation does', async () => {
    expect(await execute('print(1)', fail(503))).toEqual(
      refused("Code validation failed: unavailable. The model's API failed."),
    );
  });

  it('needs a key', async () => {
    log.length = 0;
    const got = await keyless.post('/generate-and-execute', { query: '42' });
    expect(got).toEqual(refused('Failed to generate code from query: API key not configured'));
    expect(log).toContainEqual(expect.objectContaining({ type: 'model_failed', kind: 'no_key' }));
  });

  it('does not send what is too long', async () => {
    expect((await generate('x'.repeat(2001), stall)).status).toBe(413);
    expect((await generate('x'.repeat(200_000), stall)).status).toBe(413);
    expect(chat.calls).toHaveLength(0);
  });
});

describe('how code ends', () => {
  const ways: readonly [string, string, number, Body][] = [
    ['1/0', 'ZeroDivisionError: division by zero', 1, {}],
    ['raise SystemExit(3)', '', 3, {}],
    ['exit("bye")', 'bye\n', 1, {}],
    ['def f(:', 'SyntaxError: invalid syntax', 1, {}],
    ['import ctypes\nctypes.string_at(0)', '', 139, {}],
    ['x = bytearray(10 ** 9)', 'memory', 137, { memory_limit: '64m' }],
    [
      'import time\nprint("so far", flush=True)\ntime.sleep(60)',
      'Execution timed out after 1 seconds',
      137,
      { timeout: 1 },
    ],
  ];
  it.each(ways)('%j is told', async (code, stderr, exitCode, more) => {
    const { status, body } = await keyless.post('/execute', { code, validate_code: false, ...more });
    expect([status, body['exit_code']]).toEqual([200, exitCode]);
    expect(body['stderr']).toContain(stderr);
    expect(body['stdout']).toBe(code.includes('so far') ? 'so far\n' : '');
  });

  it('cuts limits to the operator’s ceilings', async () => {
    const code = 'import time\ntime.sleep(60)';
    const most = { timeout: 99_999, memory_limit: '64g', cpu_limit: 1e6, validate_code: false };
    const { body } = await keyless.post('/execute', { code, ...most });
    expect(body['stderr']).toBe('Execution timed out after 2 seconds');
    const none = { code: 'print(1)', memory_limit: '0', cpu_limit: 0, validate_code: false };
    expect((await keyless.post('/execute', none)).body).toMatchObject({ stdout: '1\n', exit_code: 0 });
    const least = { code: 'print(1)', memory_limit: '1k', cpu_limit: 1e-9, timeout: 2, validate_code: false };
    expect((await keyless.post('/execute', least)).status).toBe(200);
  });
});

describe('the protocol', () => {
  it('tells every field that does not fit', async () => {
    const { status, body } = await client.post('/execute', {
      timeout: 0,
      memory_limit: '100 potatoes',
      cpu_limit: -1,
      validate_code: 'perhaps',
      more: 1,
    });
    expect(status).toBe(422);
    expect(body).toEqual({
      detail: [
        ['missing', 'code', 'Field required'],
        ['greater_than_equal', 'timeout', 'Input should be greater than or equal to 1'],
        ['value_error', 'memory_limit', 'Value error, a size is a number and a unit of b, k, m or g'],
        ['greater_than_equal', 'cpu_limit', 'Input should be greater than or equal to 0'],
        ['bool_parsing', 'validate_code', 'Input should be a valid boolean, unable to interpret input'],
      ].map(([type, field, msg]) => ({ type, loc: ['body', field], msg })),
    });
  });

  it.each([
    ['value_error', { query: ' ' }],
    ['value_error', { query: '\ud800' }],
    ['string_type', { query: 1 }],
    ['int_type', { query: 'x', timeout: null }],
    ['string_type', { query: 'x', memory_limit: 100 }],
    ['float_parsing', { query: 'x', cpu_limit: 'half' }],
    ['float_type', { query: 'x', cpu_limit: [] }],
  ])('says %s of %j', async (type, request) => {
    const { status, body } = await post('/generate-and-execute', request, stall);
    expect([status, body]).toMatchObject([422, { detail: [{ type }] }]);
    expect(chat.calls).toHaveLength(0);
  });

  it('takes numbers as FastAPI does', async () => {
    const request = { code: 'print(1)', timeout: '5', cpu_limit: '0.5', validate_code: 'no' };
    expect((await client.post('/execute', request)).status).toBe(200);
  });

  it('has no other methods and routes', async () => {
    const wrong = { status: 405, body: { detail: 'Method Not Allowed' } };
    expect(await client.get('/execute')).toEqual(wrong);
    expect(await client.post('/health', {})).toEqual(wrong);
    expect(await client.get('/')).toEqual({ status: 404, body: { detail: 'Not Found' } });
  });
});

describe('the page', () => {
  const exchanges = findExchanges(readBlocks('docs/moving-from-secure-python.md'));
  it.each(exchanges)('shows the answer to the curl of $at', async (exchange) => {
    const { generated_code, validation_result, detail } = JSON.parse(exchange.answer) as Record<
      string,
      string
    >;
    const explanation = detail?.replace('Code validation failed: ', '') ?? validation_result;
    chat.play(replyWith({ generated_code, is_safe: detail === undefined, explanation }));
    await expectExchange(exchange, service.url);
  });
});

it('never shows the key', () => {
  expect(said.length).toBeGreaterThan(20);
  expect(JSON.stringify([said, log])).not.toContain(TEST_KEY);
});
