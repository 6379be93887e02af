import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../src/core/contract/refusal.ts';
import { createCallBudget } from '../src/generate/budget.ts';
import type { Model, ModelFailure } from '../src/generate/model.ts';
import { createOpenAiModel, type OpenAiModelOptions } from '../src/generate/openai-model.ts';
import {
  answer,
  drip,
  fail,
  flood,
  hangUp,
  say,
  stall,
  startChatServer,
  TEST_KEY,
  type ChatReply,
  type ChatServer,
} from './support/chat-server.ts';
import { until } from './support/serve.ts';

/* The client of the chat protocol, against a server that behaves as providers do. */

let chat: ChatServer;
let failures: ModelFailure[];
beforeAll(async () => {
  chat = await startChatServer([stall]);
});
afterAll(() => chat.close());
beforeEach(() => {
  failures = [];
});

const open = (own: Partial<OpenAiModelOptions> = {}): Model =>
  createOpenAiModel({
    ...{ baseUrl: chat.url, apiKey: TEST_KEY, model: 'test', replyFormat: 'json_object', timeout: 20 },
    ...{ retries: 0, maxConcurrent: 8, maxReplyBytes: 100_000, budget: createCallBudget(0) },
    onFailure: (failure) => failures.push(failure),
    ...own,
  });

const messages = [{ role: 'user', content: 'hello' }] as const;
const ask = (model: Model, signal?: AbortSignal) => model.ask(messages, { temperature: 0.3, signal });

/** The refusal that a question ends in; it and the log must not hold the key. */
async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  const thrown: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Refusal)) throw new Error('not refused', { cause: thrown });
  expect(JSON.stringify([thrown.toBody(), failures])).not.toContain(TEST_KEY);
  expect(thrown.cause).toBeUndefined();
  return thrown;
}

describe('the model', () => {
  it('is asked as the protocol has it, with nothing that the environment would add', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/elsewhere');
    vi.stubEnv('OPENAI_API_KEY', 'another-key');
    vi.stubEnv('OPENAI_ORG_ID', 'an-organization');
    vi.stubEnv('OPENAI_PROJECT_ID', 'a-project');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Custom: 1\nAuthorization: Bearer stray');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const log = vi.spyOn(console, 'debug');
    chat.play(say('hi'));
    expect(await ask(open())).toEqual({ text: 'hi' });
    vi.unstubAllEnvs();
    expect(log).not.toHaveBeenCalled();
    const [call] = chat.calls;
    expect(call).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${TEST_KEY}`, 'content-type': 'application/json' },
      body: { model: 'test', temperature: 0.3, messages, response_format: { type: 'json_object' } },
    });
    const told = Object.keys(call?.headers ?? {}).filter((name) => /openai|stainless|custom/.test(name));
    expect(told).toEqual([]);
  });

  it('is asked for text where the API does not know formats', async () => {
    chat.play(say('hi'));
    await ask(open({ replyFormat: 'text' }));
    expect(chat.calls[0]?.body).not.toHaveProperty('response_format');
  });

  it.each<[string, ChatReply, string, boolean]>([
    ['no choices', answer(200, { choices: [] }), 'malformed', true],
    ['another shape', answer(200, { choices: [{ message: 'hi' }] }), 'malformed', true],
    ['null', answer(200, null), 'malformed', true],
    ['an empty message', say(''), 'malformed', true],
    ['no message', say(null), 'malformed', true],
    [
      'no JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      'malformed',
      true,
    ],
    [
      'a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hi'),
      'malformed',
      true,
    ],
    ['204', (response) => response.writeHead(204).end(), 'malformed', true],
    ['a cut reply', say('{"script": "def', 'length'), 'truncated', true],
    ['400', fail(400), 'rejected', false],
    ['401', fail(401), 'authentication', false],
    ['403', fail(403), 'authentication', false],
    ['404', fail(404), 'rejected', false],
    ['429', fail(429), 'throttled', true],
    ['500', fail(500), 'unavailable', true],
    ['503', fail(503), 'unavailable', true],
    ['a closed connection', hangUp, 'connection', true],
    ['a body without end', flood, 'too_large', true],
  ])('fails with a kind where %s is answered', async (_name, reply, kind, retryable) => {
    chat.play(reply);
    const refusal = await refusalOf(ask(open()));
    expect(refusal).toMatchObject({ category: 'bad_gateway', kind, retryable });
    expect(refusal.suggestions).toHaveLength(1);
    expect(failures).toMatchObject([{ kind }]);
    expect(chat.calls).toHaveLength(1);
  });

  it.each([
    ['no word', stall],
    ['a drop now and then', drip],
  ])('fails in time where there is %s', async (_name, reply) => {
    chat.play(reply);
    const refusal = await refusalOf(ask(open({ timeout: 0.5 })));
    expect(refusal).toMatchObject({ category: 'bad_gateway', kind: 'timeout', retryable: true });
    await until(() => chat.calls[0]?.wasLeft === true);
  });

  it('says that it could not connect', async () => {
    const gone = await startChatServer([stall]);
    await gone.close();
    const refusal = await refusalOf(ask(open({ baseUrl: gone.url })));
    expect(refusal).toMatchObject({ category: 'bad_gateway', kind: 'connection' });
    expect(failures).toMatchObject([{ kind: 'connection', detail: 'ECONNREFUSED' }]);
  });

  it('gives what a model, or a filter, says instead of an answer', async () => {
    chat.play(say(null, 'stop', { refusal: 'I would rather not.' }), say('', 'content_filter'));
    const model = open();
    expect(await ask(model)).toEqual({ refusal: 'I would rather not.' });
    expect(await ask(model)).toEqual({ refusal: expect.stringContaining('filter') as string });
  });

  it('is asked again where the failure may pass, as often as is set', async () => {
    chat.play(fail(500), hangUp, say('at last'));
    expect(await ask(open({ retries: 2 }))).toEqual({ text: 'at last' });
    expect(chat.calls).toHaveLength(3);
    chat.play(fail(503), fail(429), say('too late'));
    expect(await refusalOf(ask(open({ retries: 1 })))).toMatchObject({ kind: 'throttled' });
    expect(chat.calls).toHaveLength(2);
    chat.play(fail(401), say('never'));
    expect(await refusalOf(ask(open({ retries: 2 })))).toMatchObject({ kind: 'authentication' });
    expect(chat.calls).toHaveLength(1);
  });

  it('does not wait longer than it may, and passes on how long its caller should', async () => {
    chat.play(fail(429, { 'retry-after': '3600' }), say('never'));
    expect(await refusalOf(ask(open({ retries: 2 })))).toMatchObject({
      ...{ kind: 'throttled', retryable: true, retryAfter: 3600 },
    });
    expect(chat.calls).toHaveLength(1);
    chat.play(fail(429, { 'retry-after': '0' }), say('now'));
    expect(await ask(open({ retries: 1 }))).toEqual({ text: 'now' });
  });

  it('takes its key nowhere else', async () => {
    const elsewhere = await startChatServer([say('give me the key')]);
    for (const status of [301, 302, 307, 308]) {
      chat.play(answer(status, {}, { location: `${elsewhere.url}/chat/completions` }));
      expect(await refusalOf(ask(open({ retries: 2 })))).toMatchObject({
        kind: 'rejected',
        retryable: false,
      });
    }
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.close();
  });

  it('counts every call, retries too', async () => {
    chat.play(fail(500), say('hi'));
    const model = open({ retries: 2, budget: createCallBudget(3) });
    expect(await ask(model)).toEqual({ text: 'hi' });
    expect(await ask(model)).toEqual({ text: 'hi' });
    expect(await refusalOf(ask(model))).toMatchObject({ category: 'overloaded', retryable: true });
    expect(chat.calls).toHaveLength(3);
    chat.play(fail(500));
    const short = open({ retries: 2, budget: createCallBudget(1) });
    expect(await refusalOf(ask(short))).toMatchObject({ category: 'overloaded' });
    expect(chat.calls).toHaveLength(1);
  });

  it('leaves when its caller does, while it is answered and while it waits', async () => {
    chat.play(stall);
    const model = open({ maxConcurrent: 1 });
    const [one, other] = [new AbortController(), new AbortController()];
    const first = ask(model, one.signal).catch((error: unknown) => error);
    await until(() => chat.calls.length === 1);
    const second = ask(model, other.signal).catch((error: unknown) => error);
    other.abort('gone too');
    expect(await second).toBe('gone too');
    one.abort('gone');
    expect(await first).toBe('gone');
    await until(() => chat.calls[0]?.wasLeft === true);
    expect(chat.calls).toHaveLength(1);
    chat.play(say('for the next one'));
    expect(await ask(model)).toEqual({ text: 'for the next one' });
  });

  it('refuses at once those who are too many to wait', async () => {
    chat.play(stall);
    const model = open({ maxConcurrent: 1 });
    const controller = new AbortController();
    const waiting = Array.from({ length: 101 }, () => ask(model, controller.signal).catch(() => 'left'));
    expect(await refusalOf(ask(model))).toMatchObject({ category: 'overloaded', retryAfter: 5 });
    controller.abort();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['left']));
    expect(chat.calls.length).toBeLessThanOrEqual(1);
  });

  it('answers nobody once it is closed', async () => {
    chat.play(stall);
    const model = open();
    const asked = refusalOf(ask(model));
    await until(() => chat.calls.length === 1);
    model.close();
    expect(await asked).toMatchObject({ category: 'overloaded' });
    expect(await refusalOf(ask(model))).toMatchObject({ category: 'overloaded' });
    await until(() => chat.calls[0]?.wasLeft === true);
  });
});
