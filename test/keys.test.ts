import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes, type Scope } from '../src/core/contract/keys.ts';
import { createTestApp } from '../src/http/app.test-support.ts';
import type { DenialEvent } from '../src/http/deny.ts';
import { foreignAccess } from '../src/dialects/dialects.ts';
import { accessTo, isRoute, ownAccess } from '../src/http/route-access.ts';
import { changeKeyFile } from '../src/keys/change-key-file.ts';
import { createRecord, type KeyWish } from '../src/keys/create-record.ts';
import { logEvents } from '../src/observability/log.ts';
import { findMarked, until, waiting } from './support/serve.ts';
import { send, startService, type Answer, type TestService } from './support/service.ts';

const OWN_KEY = 'an-old-key-of-the-operator';
const script = 'def main():\n    return 1';

let folder: string;
let file: string;
let service: TestService;
const keys: Record<string, string> = {};
let log = '';
const denials: DenialEvent[] = [];

async function addKey(wish: KeyWish): Promise<string> {
  const { record, key } = createRecord(wish, new Date());
  await changeKeyFile(file, (all) => [...all, record]);
  keys[wish.name] = key;
  return key;
}

const wrong = (): string => (keys['only-admin'] ?? '').replace(/.{4}$/, '0000');
const bearer = (key = ''): Record<string, string> => ({ authorization: `Bearer ${key}` });
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  send(`${service.url}${path}`, undefined, { method, headers });
const run = (key: string | undefined, body: object = { script }): Promise<Answer> =>
  service.execute(body, { headers: bearer(key) });
/** Until the service has seen that the file is another one. */
const untilStatus = async (key: string, status: number): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await ask('/runtimes', bearer(key))).status === status) return;
    await sleep(50);
  }
  throw new Error(`not ${status} in time`);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-test-'));
  file = join(folder, 'keys.json');
  for (const scope of scopes) await addKey({ name: `only-${scope}`, scope: [scope] });
  await addKey({ name: 'hourly', scope: ['admin'], rate: '1/h' });
  await addKey({ name: 'rated', rate: '3/h' });
  await addKey({ name: 'narrow', concurrency: 1, maxTimeout: 5, maxMemory: 128 });
  await addKey({ name: 'late', scope: ['admin'], expires: '1d' });
  await changeKeyFile(file, (all) =>
    all.map((one) => (one.name === 'late' ? { ...one, expires_at: '2026-01-01T00:00:00Z' } : one)),
  );
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString();
      done();
    },
  });
  service = await startService(
    {
      BRIG_KEYS_FILE: file,
      BRIG_API_KEYS: `old=${OWN_KEY}`,
      BRIG_BUILDS: 'wheels',
      BRIG_MAX_CONCURRENT: '3',
    },
    { onEvent: logEvents(pino({ level: 'debug' }, stream)), onDenial: (event) => denials.push(event) },
  );
  await ask('/runtimes', bearer(keys['hourly']));
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
  expect(service.incidents).toEqual([]);
});

/** Returns the answer of the tool `run_python` to a script with this time limit. */
async function callTool(key: string | undefined, timeout: number): Promise<string> {
  const accept = 'application/json, text/event-stream';
  const response = await fetch(`${service.url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...bearer(key) },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'run_python', arguments: { script, limits: { timeout } } },
    }),
  });
  return response.text();
}

const foreign: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  429: 'rate_limited',
};

describe('every route', () => {
  const accessTable = { ...ownAccess, ...foreignAccess };
  const routes = createTestApp().routes.filter(isRoute);
  const table = [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];

  it('says who may use it, and no other does', () => {
    expect(Object.keys(accessTable).toSorted()).toEqual(table.toSorted());
  });

  it.each(table)(
    '%s: no key, a wrong one, a wrong scope, an expired one, over its rate, a good one',
    async (name) => {
      const [method = '', route = ''] = name.split(' ');
      const path = route.replace(':file', 'start.js').replaceAll(/:\w+/g, 'nothing');
      const access = accessTo(accessTable, { method, path: route });
      const body = method === 'POST' ? '{}' : undefined;
      const seen = async (headers: Record<string, string>) => {
        const options = { method, headers: { 'content-type': 'application/json', ...headers } };
        const response = await fetch(`${service.url}${path}`, { ...options, ...(body && { body }) });
        const text = await response.text();
        return {
          status: response.status,
          // Below /dialects/ the status says it, in the shape of other systems.
          error: /^\{"(?:detail|message)":"/.test(text)
            ? foreign[response.status]
            : /^\{"success":false,"error":"(\w+)"/.exec(text)?.[1],
          response,
        };
      };
      if (access === 'everybody') {
        for (const headers of [{}, bearer(wrong()), bearer(keys['late']), bearer(keys['hourly'])])
          expect((await seen(headers)).status).toBe(200);
        return;
      }
      const none = await seen({});
      expect([none.status, none.error]).toEqual([401, 'unauthorized']);
      expect(none.response.headers.get('www-authenticate')).toBe('Bearer realm="brig"');
      for (const headers of [bearer(wrong()), { 'x-api-key': wrong() }, bearer(keys['late'])]) {
        const { status, error, response } = await seen(headers);
        // One of the other systems says it of a wrong key, too.
        const denied = path.startsWith('/dialects/quartermaster/')
          ? [403, 'forbidden']
          : [401, 'unauthorized'];
        expect([status, error]).toEqual(denied);
        expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
      const other = scopes.find((scope) => scope !== 'admin' && !access.includes(scope));
      const wrongScope = await seen(bearer(keys[`only-${other}`]));
      expect([wrongScope.status, wrongScope.error]).toEqual([403, 'forbidden']);
      expect(wrongScope.response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      const overRate = await seen(bearer(keys['hourly']));
      expect([overRate.status, overRate.error]).toEqual([429, 'rate_limited']);
      expect(Number(overRate.response.headers.get('retry-after'))).toBeGreaterThan(0);
      const good: readonly Scope[] = [...access, 'admin'];
      for (const scope of good) {
        const { status } = await seen({ 'x-api-key': keys[`only-${scope}`] ?? '' });
        expect([200, 201, 400, 404, 422]).toContain(status);
      }
    },
  );

  it('is not told of without a key: neither whether it is there, nor what it takes', async () => {
    for (const [method, path, status] of [
      ['GET', '/nothing', 404],
      ['DELETE', '/execute', 405],
      ['GET', '/health/', 404],
    ] as const) {
      expect((await ask(path, {}, method)).status).toBe(401);
      expect((await ask(path, bearer(keys['only-jobs']), method)).status).toBe(status);
    }
    const text = await (await fetch(`${service.url}/nothing`)).text();
    expect(text).not.toContain('/execute');
  });
});

describe('a key', () => {
  it('counts where one of two is good, and only as it is meant to be sent', async () => {
    const good = keys['only-execute'] ?? '';
    const bad = `${good.slice(0, -1)}!`;
    expect((await ask('/runtimes', { ...bearer(good), 'x-api-key': bad })).status).toBe(200);
    expect((await ask('/runtimes', { ...bearer(bad), 'x-api-key': good })).status).toBe(200);
    expect((await ask('/runtimes', { authorization: `bearer ${good}` })).status).toBe(200);
    expect((await ask('/runtimes', { authorization: good })).status).toBe(401);
    expect((await ask(`/runtimes?key=${good}`)).status).toBe(401);
    expect(denials.some(({ key }) => key === 'late')).toBe(true);
    expect(JSON.stringify(denials)).not.toContain(good);
  });

  it('of the operator’s own runs scripts and manages environments, and is no admin', async () => {
    expect((await run(OWN_KEY)).body.result).toBe(1);
    expect((await ask('/environments/none', { 'x-api-key': OWN_KEY }, 'DELETE')).status).toBe(404);
  });

  it('is asked for before the body is read', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = 'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 33000000\r\n\r\n`);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('data', (chunk: Buffer) => resolve(chunk.toString())).once('error', reject);
    });
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it('with a rate is told what is left of it on every answer', async () => {
    const answers: Answer[] = [];
    for (let count = 0; count < 4; count += 1) answers.push(await run(keys['rated']));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    const lefts = answers.map(
      ({ headers }) => /^"key";r=(\d+);t=\d+$/.exec(String(headers['ratelimit']))?.[1],
    );
    expect(lefts).toEqual(['2', '1', '0', '0']);
    for (const { headers } of answers) expect(headers['ratelimit-policy']).toBe('"key";q=3;w=3600');
    expect(answers[3]?.body).toMatchObject({ error: 'rate_limited', retryable: true });
    const seconds = Number(answers[3]?.headers['retry-after']);
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('never has more than its share of the places, and holds up nobody else', async () => {
    const first = run(keys['narrow'], { script: waiting('share', 3) });
    await until(() => findMarked('share').length === 1);
    const second = run(keys['narrow']);
    await until(() => service.service.health().pool.waiting === 1);
    expect((await run(keys['only-execute'])).body.result).toBe(1);
    expect(service.service.health().pool).toMatchObject({ waiting: 1 });
    expect((await first).body.result).toBe('done');
    expect((await second).body.result).toBe(1);
  });

  it('has ceilings of its own, which cut the defaults too', async () => {
    const { status, body } = await run(keys['narrow'], { script, limits: { timeout: 6, memory_mb: 200 } });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
    expect(body.message).toMatch(
      /limits.timeout is 6, above its ceiling of 5; limits.memory_mb is 200, .* 128/,
    );
    const { limits } = (await run(keys['narrow'])).body.execution;
    expect(limits).toMatchObject({ timeout: 5, memory_mb: 128, disk_mb: 64 });
    const told = JSON.parse((await ask('/runtimes', bearer(keys['narrow']))).text) as { limits: object };
    expect(told.limits).toMatchObject({ defaults: { timeout: 5 }, ceilings: { timeout: 5, memory_mb: 128 } });
  });

  it('brings its ceilings along to the tools of agents', async () => {
    expect(await callTool(keys['narrow'], 6)).toContain('limits.timeout is 6, above its ceiling of 5');
    expect(await callTool(keys['narrow'], 5)).toContain('\\"success\\":true');
  });

  it('has idempotency keys of its own', async () => {
    const body = { script: 'import uuid\ndef main(): return str(uuid.uuid4())' };
    const texts: string[] = [];
    for (const name of ['only-execute', 'only-execute', 'only-admin']) {
      const headers = { ...bearer(keys[name]), 'idempotency-key': 'the-same' };
      texts.push((await service.execute(body, { headers })).text);
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  it('leaves one line in the log for each execution, without the script, what it is given, or the key', async () => {
    log = '';
    const secret = 'marker-4711';
    const text = `import os, sys\ndef main(*args):\n    print('${secret}')\n    return sys.stdin.read() + '${secret}'`;
    const given = { args: [secret], stdin: secret, env: { SECRET: secret }, files: [] };
    await run(keys['only-execute'], { script: text, execution_id: 'audited', ...given });
    await run(keys['only-execute'], { script: `def main():\n    raise ValueError('${secret}')`, ...given });
    const leaving = new AbortController();
    const left = service.execute(
      { script: waiting(secret) },
      { headers: bearer(keys['only-execute']), signal: leaving.signal },
    );
    const failed = expect(left).rejects.toThrow();
    await until(() => findMarked(secret).length === 1);
    leaving.abort();
    await failed;
    await until(() => log.includes('"aborted"'));
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'execution');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      key: 'only-execute',
      id: 'audited',
      runtime: 'python',
      script_sha256: createHash('sha256').update(text).digest('hex'),
      verdict: 'success',
      usage: { duration_ms: expect.any(Number), cpu_ms: expect.any(Number) },
    });
    expect(lines[1]).toMatchObject({ key: 'only-execute', verdict: 'runtime_error' });
    const script_sha256 = createHash('sha256').update(waiting(secret)).digest('hex');
    expect(lines[2]).toMatchObject({ key: 'only-execute', verdict: 'aborted', script_sha256 });
    expect(log).not.toContain(secret);
    expect(log).not.toContain(keys['only-execute']);
  });
});

describe('the file of keys', () => {
  it('is read again when it changes; a broken one changes nothing', async () => {
    const key = await addKey({ name: 'new' });
    await untilStatus(key, 200);
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.slice(0, good.length / 2));
    await sleep(300);
    expect((await ask('/runtimes', bearer(key))).status).toBe(200);
    await rm(file);
    await sleep(300);
    expect((await ask('/runtimes', bearer(key))).status).toBe(200);
    await writeFile(file, good);
    const newer = await addKey({ name: 'newer' });
    await untilStatus(newer, 200);
  });

  it('lets a key expire', async () => {
    const expiresAt = Date.now() + 3000;
    const { record, key } = createRecord({ name: 'brief' }, new Date());
    await changeKeyFile(file, (all) => [
      ...all,
      { ...record, expires_at: new Date(expiresAt).toISOString() },
    ]);
    await untilStatus(key, 200);
    await untilStatus(key, 401);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect((await run(key)).body.message).toMatch(/^The API key "brief" expired at /);
  });

  it('ends nothing that runs for a key that is revoked', async () => {
    const key = await addKey({ name: 'revoked' });
    await untilStatus(key, 200);
    const running = run(key, { script: waiting('revoked', 1.5) });
    await until(() => findMarked('revoked').length === 1);
    await changeKeyFile(file, (all) => all.filter(({ name }) => name !== 'revoked'));
    await untilStatus(key, 401);
    expect((await running).body.result).toBe('done');
  });

  // Last: from then on this address has to wait when it is wrong.
  it('slows wrong keys down, and nobody who has a good one', async () => {
    const statuses = new Set<number>();
    for (let count = 0; count < 40; count += 1)
      statuses.add((await ask('/runtimes', bearer(`guess-number-${count}`))).status);
    expect([...statuses]).toEqual([401, 429]);
    const refused = await ask('/runtimes', bearer('another-guess'));
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await ask('/runtimes', { 'x-api-key': OWN_KEY })).status).toBe(200);
    expect((await ask('/runtimes', bearer(keys['only-execute']))).status).toBe(200);
    expect((await ask('/health')).status).toBe(200);
  });
});
