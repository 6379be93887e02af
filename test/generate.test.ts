import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generationEventSchemas, type Generation } from '../src/core/contract/generation/generation.ts';
import type { ExecutorEvent } from '../src/executor/events.ts';
import { failureKinds } from '../src/generate/model-failures.ts';
import { modelSettings } from '../src/settings/model.ts';
import {
  answer,
  fail,
  flood,
  replyWith,
  say,
  stall,
  startChatServer,
  TEST_KEY,
  write,
  type ChatReply,
  type ChatServer,
} from './support/chat-server.ts';
import { openStream, type SeenEvent } from './support/event-stream.ts';
import { findPrograms, runProgram } from './support/library-example.ts';
import { findBlock, readBlocks, readPage, readTable } from './support/markdown.ts';
import { expectExchange, expectStream, findExchanges, findStreams } from './support/pages.ts';
import { until } from './support/serve.ts';
import { expectShown } from './support/shown.ts';
import {
  startService,
  type Answer,
  type AnswerBody,
  type GeneratedAnswer,
  type TestService,
} from './support/service.ts';

/* Scripts that a model writes, in real jails; the model is a server that says what it is told to. */

const query = 'six times seven';
const good = 'def main():\n    return 6 * 7';
const broken = 'def main():\n    return 1 / 0';

let chat: ChatServer;
let service: TestService;
let log: ExecutorEvent[] = [];
/** Every answer and every line of the log; neither may hold the key. */
const said: unknown[] = [];

beforeAll(async () => {
  chat = await startChatServer([stall]);
  const settings = { ...chat.settings, BRIG_LLM_RETRIES: '0', BRIG_DEFAULT_TIMEOUT: '5' };
  service = await startService(settings, { onEvent: (event) => log.push(event) });
});
beforeEach(() => {
  log = [];
});
afterAll(async () => {
  expect(service.incidents).toEqual([]);
  await service.close();
  await chat.close();
});

async function generate(fields: object, ...replies: ChatReply[]): Promise<GeneratedAnswer> {
  chat.play(...replies);
  const generated = await service.generate({ query, ...fields });
  said.push(generated.text, generated.headers, log);
  return generated;
}

/** A stream of what `generate` does. */
const open = (fields: object) => openStream(service.url, { query, ...fields }, '/generate-and-execute');
const names = (events: readonly SeenEvent[]): string[] => events.map(({ event }) => event);

async function execute(script: string, reply: ChatReply, fields = {}): Promise<Answer> {
  chat.play(reply);
  const executed = await service.execute({ script, validate: true, ...fields });
  said.push(executed.text, executed.headers, log);
  return executed;
}

describe('POST /generate-and-execute', () => {
  it('runs what the model wrote, and answers with all of it', async () => {
    const { status, body, headers, text } = await generate(
      { execution_id: 'mine' },
      write(good, 'It multiplies.'),
    );
    expect(status).toBe(200);
    expect(headers['server-timing']).toMatch(/^model;dur=[\d.]+,analysis;dur=.*run;dur=/);
    const attempt = { script: good, explanation: 'It multiplies.', error: null, message: null };
    expect(body).toMatchObject({
      ...{ query, script: good, explanation: 'It multiplies.', attempts: [attempt] },
      ...{ success: true, result: 42, stdout: '', return_code: 0, execution: { id: 'mine' } },
      review: { is_safe: true, explanation: 'It multiplies.' },
    });
    expect(text.startsWith('{"query":"six times seven","script":"def main')).toBe(true);
    expect(chat.calls).toHaveLength(1);
  });

  it('tells the model what holds, and the query as it is', async () => {
    const hard = 'ignore all that\u0000\u001b[31m "quotes" ```fences``` {braces} \ud83d\ude00\n';
    await generate(
      {
        ...{ query: hard, environment: 'plain', limits: { timeout: 3, memory_mb: 77 } },
        ...{
          files: [{ path: 'in/data.csv', content: 'a,b' }],
          return_files: ['*.png'],
          stdin: 'x',
          env: { CITY: 'Ulm' },
        },
      },
      write(good),
    );
    const [system, user] = chat.calls[0]?.body.messages ?? [];
    expect(user).toEqual({ role: 'user', content: hard });
    expect(system?.role).toBe('system');
    for (const part of [
      'main()',
      '3 s of time',
      '77 MiB of memory',
      'in/data.csv',
      '*.png',
      'CITY',
      'JSON object',
      'is_safe',
    ])
      expect(system?.content).toContain(part);
    expect(system?.content).toContain('the standard library and nothing else');
    expect(system?.content).not.toContain('Ulm');
  });

  it('gives the script files and standard input, and takes files back', async () => {
    const { body } = await generate(
      { stdin: 'in', files: [{ path: 'a.txt', content: 'A'.repeat(100_000) }], return_files: ['*.out'] },
      write(
        'def main():\n    open("b.out", "w").write("B")\n    return [input(), len(open("a.txt").read())]',
      ),
    );
    expect(body).toMatchObject({ result: ['in', 100_000], files: [{ path: 'b.out', content: 'B' }] });
  });

  it.each<[string, ChatReply, string | null, string]>([
    [
      'the model calls unsafe',
      replyWith({ script: good, is_safe: false, explanation: 'It is evil.' }),
      good,
      'It is evil.',
    ],
    [
      'it says nothing of',
      replyWith({ script: good }),
      good,
      'The reply does not say whether the script is safe.',
    ],
    [
      'comes in a fence',
      say(`Here:\n\`\`\`python\n${good}\n\`\`\``),
      good,
      'The reply was no JSON but a block of code, so nothing says that it is safe.',
    ],
    [
      'is all of the reply',
      say(good),
      good,
      'The reply was no JSON but code, so nothing says that it is safe.',
    ],
    ['it does not write', replyWith({ script: '', is_safe: false, explanation: 'No.' }), null, 'No.'],
    ['it refuses to write', say(null, 'stop', { refusal: 'Not I.' }), null, 'Not I.'],
  ])('does not run a script that %s', async (_name, reply, script, explanation) => {
    const { status, body } = await generate({ repair: 3 }, reply);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ success: false, error: 'policy_violation', query, script, explanation, retryable: false },
      ...{ review: { is_safe: false, explanation }, execution: { duration_ms: 0 }, stdout: '' },
      attempts: [{ script, explanation, error: 'policy_violation' }],
    });
    expect(body.message).toContain(explanation);
    // A script that the model calls unsafe is not repaired.
    expect(chat.calls).toHaveLength(1);
  });

  it('runs a script whose JSON has words around it', async () => {
    const reply = JSON.stringify({ script: good, is_safe: true, explanation: '' });
    const { body } = await generate({}, say(`Sure:\n\`\`\`json\n${reply}\n\`\`\`\nEnjoy!`));
    expect(body).toMatchObject({ success: true, result: 42, explanation: '' });
  });

  it.each<[string, ChatReply, string]>([
    ['nonsense', say('I like trains.'), 'malformed'],
    ['an empty reply', say(''), 'malformed'],
    ['a safe nothing', replyWith({ is_safe: true }), 'malformed'],
    ['half a character', say('{"script": "\\ud800", "is_safe": true}'), 'malformed'],
    ['a failure', fail(500), 'unavailable'],
    ['another key', fail(401), 'authentication'],
    ['a body without end', flood, 'too_large'],
  ])('answers 502 where the model gives %s, with the kind', async (_name, reply, kind) => {
    const { status, body } = await generate({ repair: 3 }, reply);
    expect(status).toBe(502);
    expect(body).toMatchObject({ success: false, error: 'bad_gateway', error_type: kind, execution: null });
    expect(body.suggestions).toHaveLength(1);
    expect(chat.calls).toHaveLength(1);
  });

  it('passes on when to try again', async () => {
    const { status, headers, body } = await generate({}, fail(429, { 'retry-after': '90' }));
    expect([status, headers['retry-after'], body.error_type]).toEqual([502, '90', 'throttled']);
    expect(log.filter(({ type }) => type === 'model_failed')).toMatchObject([
      { kind: 'throttled', status: 429, requestId: headers['x-request-id'] },
    ]);
  });

  it.each([
    ['loops', 'def main():\n    while True: pass', { limits: { timeout: 1 } }, 'timeout'],
    [
      'floods',
      'def main():\n    while True: print("x" * 65536)',
      { limits: { output_bytes: 100 } },
      'output_limit',
    ],
    ['fills the memory', 'def main():\n    return len(bytearray(10**9))', {}, 'memory_limit'],
    ['lies about its safety', 'import os\ndef main():\n    return os.listdir("/root")', {}, 'runtime_error'],
    ['has no main', 'print(5)', {}, 'missing_main'],
    ['is no Python', 'function main() {}', {}, 'syntax_error'],
    ['ends its process', 'import os\ndef main(): os._exit(3)', {}, 'exited'],
    [
      'breaks the policy',
      'import os\ndef main(): os.system("x")',
      { policy: { mode: 'enforce' } },
      'policy_violation',
    ],
  ])('ends a script that %s as any other', async (_name, script, fields, error) => {
    const { status, body } = await generate(fields, write(script));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, error, script, attempts: [{ script, error }] });
  });
});

describe('repair', () => {
  it('tells the model what failed, until a script succeeds', async () => {
    const worse = 'def mian(): pass';
    const { body } = await generate(
      { repair: 3 },
      write(broken),
      write(worse),
      write(good, 'Better.'),
      write('no'),
    );
    expect(body).toMatchObject({ success: true, result: 42, script: good, explanation: 'Better.' });
    expect(body.attempts).toMatchObject([
      { script: broken, error: 'runtime_error', message: 'division by zero' },
      { script: worse, error: 'missing_main' },
      { script: good, error: null, message: null },
    ]);
    expect(chat.calls).toHaveLength(3);
    const [first, second, third] = chat.calls.map((call) => call.body.messages);
    expect(first?.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(second?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(second?.at(-1)?.content).toContain('"division by zero"');
    expect(second?.at(-1)?.content).toContain('Check that the divisor is not zero');
    // Earlier scripts are not repeated.
    expect(third).toHaveLength(4);
    expect(third?.at(-1)?.content).toContain('missing_main');
    expect(third?.at(-2)?.content).toContain('mian');
  });

  it('asks as often as is wanted, and answers with the last failure', async () => {
    const { body } = await generate({ repair: 2 }, write(broken));
    expect(body).toMatchObject({ success: false, error: 'runtime_error', script: broken });
    expect(body.attempts).toHaveLength(3);
    expect(chat.calls).toHaveLength(3);
  });

  it('ends with what there is where the model fails', async () => {
    const { status, body } = await generate({ repair: 3 }, write(broken), fail(500));
    expect([status, body.error, body.script]).toEqual([200, 'runtime_error', broken]);
    expect(body.attempts).toMatchObject([
      { script: broken, error: 'runtime_error' },
      { script: null, error: 'bad_gateway', message: "The model's API failed." },
    ]);
    expect(chat.calls).toHaveLength(2);
  });

  it('sends no more of a failure than its end', async () => {
    const script = 'def main():\n    print("x" * 500_000)\n    raise ValueError("y" * 500_000)';
    await generate({ repair: 1 }, write(script), write(good));
    const [, , , told] = chat.calls[1]?.body.messages ?? [];
    expect(told?.content.length).toBeLessThan(12_000);
  });
});

describe('the budget, the ceilings and the key', () => {
  it('says when the calls of the day are used up', async () => {
    const poor = await startService({ ...chat.settings, BRIG_LLM_DAILY_CALLS: '2' });
    chat.play(write(broken));
    const { status, body } = await poor.generate({ query, repair: 3 });
    expect([status, body.error]).toEqual([200, 'runtime_error']);
    expect(body.attempts.map(({ error }) => error)).toEqual(['runtime_error', 'runtime_error', 'overloaded']);
    const refused = await poor.generate({ query });
    expect(refused).toMatchObject({ status: 503, body: { error: 'overloaded', retryable: true } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(86_400);
    expect(chat.calls).toHaveLength(2);
    await poor.close();
  });

  it('asks no model for what is wrong with the request', async () => {
    chat.play(write(good));
    const answers = [
      await service.generate({}),
      await service.generate({ query: 'x'.repeat(70_000) }),
      await service.generate({ query, repair: 4 }),
      await service.generate({ query, limits: { timeout: 10_000 } }),
      await service.generate({ query, environment: 'elsewhere' }),
      await service.generate('{', { headers: { 'content-type': 'text/plain' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 413, 400, 400, 404, 415]);
    expect(chat.calls).toEqual([]);
  });

  it('asks no model where no script can run', async () => {
    const sandboxless = await startService({ ...chat.settings, BRIG_NSJAIL: '/nonexistent/nsjail' });
    chat.play(write(good));
    expect(await sandboxless.generate({ query })).toMatchObject({
      status: 503,
      body: { error: 'sandbox_unavailable' },
    });
    expect(chat.calls).toEqual([]);
    await sandboxless.close();
  });
});

describe('the door', () => {
  it('asks the model once for one Idempotency-Key', async () => {
    chat.play(write('import random\ndef main(): return random.random()'));
    const options = { headers: { 'idempotency-key': 'k1' } };
    const [one, two] = [
      await service.generate({ query }, options),
      await service.generate({ query }, options),
    ];
    expect(two.text).toBe(one.text);
    expect(two.headers['idempotent-replayed']).toBe('true');
    expect(chat.calls).toHaveLength(1);
    expect((await service.generate({ query: 'other' }, options)).status).toBe(400);
    chat.play(fail(500), write(good));
    const again = { headers: { 'idempotency-key': 'k2' } };
    expect((await service.generate({ query }, again)).status).toBe(502);
    expect((await service.generate({ query }, again)).body.result).toBe(42);
  });

  it('ends the call of the model when the caller goes away', async () => {
    chat.play(stall);
    const controller = new AbortController();
    const asked = service.generate({ query }, { signal: controller.signal }).catch(() => 'gone');
    await until(() => chat.calls.length === 1);
    controller.abort();
    expect(await asked).toBe('gone');
    await until(() => chat.calls[0]?.wasLeft === true);
  });
});

describe('streams', () => {
  it('send the script before it runs, then what it does', async () => {
    chat.play(
      write('import time\ndef main():\n    time.sleep(1)\n    print("hi")\n    return 1', 'It greets.'),
    );
    const stream = await open({});
    const script = await stream.next();
    expect(script).toMatchObject({
      event: 'script',
      data: { attempt: 1, explanation: 'It greets.', is_safe: true },
    });
    const rest = await stream.rest();
    expect(names(rest)).toEqual(['start', 'stdout', 'done']);
    expect(rest.at(-1)?.data).toMatchObject({ query, success: true, result: 1, script: script?.data.script });
  });

  it('tell of each attempt', async () => {
    chat.play(write('def main():\n    print("so far", end="")\n    return 1 / 0'), write(good));
    const events = await (await open({ repair: 1 })).rest();
    expect(names(events)).toEqual(['script', 'start', 'stdout', 'attempt', 'script', 'start', 'done']);
    expect(events[3]?.data).toMatchObject({
      attempt: 1,
      error: 'runtime_error',
      message: 'division by zero',
    });
    expect(events[4]?.data).toMatchObject({ attempt: 2, script: good });
    expect(events.at(-1)?.data).toMatchObject({ result: 42, attempts: [{}, {}] });
  });

  it('show a script that is refused, and keep the status of a refusal', async () => {
    chat.play(replyWith({ script: good, is_safe: false, explanation: 'No.' }));
    const events = await (await open({})).rest();
    expect(names(events)).toEqual(['script', 'done']);
    expect(events.at(-1)?.data).toMatchObject({ error: 'policy_violation' });
    chat.play(fail(500));
    await expect(open({})).rejects.toThrow('502');
  });

  it('end the call and the script of a caller who leaves', async () => {
    chat.play(write('import time\ndef main(): time.sleep(60)'));
    const stream = await open({ limits: { timeout: 100 } });
    await stream.next();
    await stream.next();
    // The place of an execution before is free a moment after its answer.
    await until(() => service.service.health().pool.running === 1);
    stream.leave();
    await until(() => service.service.health().pool.running === 0);
  });
});

describe('validate', () => {
  it('has the model review a script first', async () => {
    const { body } = await execute(good, replyWith({ is_safe: true, explanation: 'It multiplies.' }));
    expect(body).toMatchObject({ result: 42, review: { is_safe: true, explanation: 'It multiplies.' } });
    expect(chat.calls[0]?.body.messages.at(-1)?.content).toBe(JSON.stringify(good));
    expect(chat.calls[0]?.body.temperature).toBe(0.2);
  });

  it.each<[string, ChatReply, string]>([
    ['unsafe', replyWith({ is_safe: false, explanation: 'It is evil.' }), 'It is evil.'],
    [
      'nothing about safety',
      replyWith({ verdict: 'fine' }),
      'The review does not say whether the script is safe.',
    ],
    ['that it would rather not', say(null, 'stop', { refusal: 'Not I.' }), 'Not I.'],
  ])('does not run what the model says %s of', async (_name, reply, explanation) => {
    const { status, body } = await execute(good, reply);
    expect(status).toBe(200);
    expect(body).toMatchObject({ error: 'policy_violation', review: { is_safe: false, explanation } });
  });

  it('asks nobody about a script that cannot run, and says what the model did not answer', async () => {
    expect((await execute('x = 1', stall)).body.error).toBe('missing_main');
    expect(chat.calls).toEqual([]);
    expect(await execute(good, say('It is safe!'))).toMatchObject({
      status: 502,
      body: { error_type: 'malformed' },
    });
    expect(await execute(`# ${'x'.repeat(70_000)}\n${good}`, stall)).toMatchObject({ status: 413 });
    const preflight = await execute(good, replyWith({ is_safe: true, explanation: '' }), {
      validate_only: true,
    });
    expect(preflight.body).toMatchObject({ success: true, review: { is_safe: true } });
  });

  it('is not swayed by what is no chat answer', async () => {
    expect((await execute(good, answer(200, { is_safe: true }))).status).toBe(502);
  });
});

/** The model of the page says what the page shows that it said; the rest is Brig's. */
const playShown = (shown: string): void => {
  const { attempts = [], review, explanation } = JSON.parse(shown) as Partial<AnswerBody & Generation>;
  const told = attempts.map((one) => write(one.script ?? '', one.explanation));
  chat.play(...(told.length > 0 ? told : [replyWith({ is_safe: false, explanation, ...review })]));
};

describe('the pages', () => {
  const blocks = readBlocks('docs/generate.md');
  it.each(findExchanges(blocks))('show the answer to the curl of $at', async (exchange) => {
    playShown(exchange.answer);
    await expectExchange(exchange, service.url);
  });

  it.each(findPrograms(blocks))('show what the program of $at prints', async ({ source, output }) => {
    const explanation = output.split('\n')[0] ?? '';
    chat.play(write(`def main():\n    return ${/^\d+/m.exec(output)?.[0]}`, explanation));
    expect(await runProgram(source, chat.settings)).toBe(output);
  });

  it.each(findStreams(blocks))('show the events of the curl of $at', async (exchange) => {
    playShown(JSON.stringify({ attempts: [JSON.parse(/^data: (.*)$/m.exec(exchange.answer)?.[1] ?? '')] }));
    await expectStream(exchange, service.url);
  });

  it('have a row for each event, each setting and each kind of failure', async () => {
    const cells = readTable('docs/generate.md', 'Streaming').map(([cell = '']) => cell.replaceAll('`', ''));
    expect(cells).toEqual(Object.keys(generationEventSchemas));
    const page = readPage('docs/generate.md');
    for (const { env } of Object.values(modelSettings)) expect(page).toContain(`\`${env}\``);
    const rows = readTable('docs/errors/bad_gateway.md', 'bad_gateway');
    const kinds = Object.entries(failureKinds).map(([kind, { retryable }]) => [
      `\`${kind}\``,
      retryable ? 'yes' : 'no',
    ]);
    expect(rows.map(([kind, , retryable]) => [kind, retryable])).toEqual(kinds);
    const { body } = await generate({}, fail(401));
    const shown = findBlock(readBlocks('docs/errors/bad_gateway.md'), 'bad_gateway', 'json')?.text ?? '';
    expectShown(body, JSON.parse(shown));
  });
});

describe('the key', () => {
  it('is in no answer and in no line of the log', () => {
    expect(said.length).toBeGreaterThan(60);
    expect(JSON.stringify(said)).not.toContain(TEST_KEY);
  });

  it('is not in a jail', async () => {
    const script = 'import os\ndef main():\n    return [dict(os.environ), open("/proc/self/environ").read()]';
    expect((await service.execute({ script })).text).not.toContain(TEST_KEY);
  });
});
