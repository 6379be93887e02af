import { describe, expect, it } from 'vitest';
import { Refusal } from '../../core/contract/refusal.ts';
import type { ExecutionPlan } from '../../core/plan.ts';
import type { Survey } from '../../core/contract/survey.ts';
import { openKeys } from '../../keys/open-keys.ts';
import { createTestApp, fakeExecutor, succeed } from '../../http/app.test-support.ts';

const survey: Survey = { isReadable: true, isFunctionsOnly: false, lastFunction: undefined, uses: [] };
const POST = { method: 'POST', headers: { 'content-type': 'application/json' } };
const path = '/dialects/code-cantation/execute';
const bodyOf = (code: string) => ({ ...POST, body: JSON.stringify({ code }) });
const ask = async (
  app: ReturnType<typeof createTestApp>,
  code: string,
  signal?: AbortSignal,
): Promise<Response> => app.request(path, { ...bodyOf(code), ...(signal && { signal }) });

describe('the queue before Code Cantation', () => {
  it('serves one at a time, first in, first out, lets 100 wait, and sends the others away', async () => {
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    let [running, most] = [0, 0];
    const execute = async ({ script }: ExecutionPlan) => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      order.push(script);
      running -= 1;
      return succeed('null');
    };
    const app = createTestApp({ executor: fakeExecutor({ execute, survey: async () => survey }) });
    const asked = Array.from({ length: 105 }, (_, index) => ask(app, String(index)));
    const refused = await Promise.all(asked.slice(101));
    for (const response of refused) {
      expect([response.status, await response.json()]).toEqual([429, { detail: 'Server busy, try later' }]);
      expect(response.headers.get('retry-after')).toBe('1');
    }
    gate.resolve();
    const served = await Promise.all(asked.slice(0, 101));
    expect(served.every(({ status }) => status === 200)).toBe(true);
    expect(order).toEqual(Array.from({ length: 101 }, (_, index) => String(index)));
    expect(most).toBe(1);
  });

  it('lets no caller wait for what another one runs', async () => {
    const own = [
      { name: 'ada', key: 'ada-ada-ada' },
      { name: 'bob', key: 'bob-bob-bob' },
    ];
    const keys = await openKeys({ file: undefined, own });
    const gate = Promise.withResolvers<void>();
    const execute = async ({ script }: ExecutionPlan) => {
      if (script === 'long') await gate.promise;
      return succeed('null');
    };
    const app = createTestApp({ keys, executor: fakeExecutor({ execute, survey: async () => survey }) });
    const askAs = async (key: string, code: string): Promise<Response> => {
      const { headers, ...rest } = bodyOf(code);
      return app.request(path, { ...rest, headers: { ...headers, 'x-api-key': key } });
    };
    const long = [1, 2, 3].map(() => askAs('ada-ada-ada', 'long'));
    expect((await askAs('bob-bob-bob', 'short')).status).toBe(200);
    gate.resolve();
    for (const response of await Promise.all(long)) expect(response.status).toBe(200);
  });

  it('gives the place of a caller that went away to another', async () => {
    const gate = Promise.withResolvers<void>();
    const execute = async () => {
      await gate.promise;
      return succeed('null');
    };
    const app = createTestApp({ executor: fakeExecutor({ execute, survey: async () => survey }) });
    const leaving = new AbortController();
    const first = app.request(path, bodyOf('first'));
    const gone = Array.from({ length: 100 }, () => ask(app, 'gone', leaving.signal));
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await app.request(path, bodyOf('too many'))).status).toBe(429);
    leaving.abort();
    const next = app.request(path, bodyOf('next'));
    gate.resolve();
    expect([(await first).status, (await next).status]).toEqual([200, 200]);
    await Promise.allSettled(gone);
  });
});

describe('what is refused before anything runs', () => {
  it.each([
    [new Refusal('overloaded', 'Full.'), 429, 'Server busy, try later'],
    [new Refusal('sandbox_unavailable', 'No jail.'), 503, 'No jail.'],
  ])('%s has the status and the words of the dialect', async (refusal, status, detail) => {
    const execute = async (): Promise<never> => {
      throw refusal;
    };
    const app = createTestApp({ executor: fakeExecutor({ execute, survey: async () => survey }) });
    const response = await app.request(path, bodyOf('1'));
    expect([response.status, await response.json()]).toEqual([status, { detail }]);
  });

  it('tells nothing of a fault of ours but where to look for it', async () => {
    const incidents: unknown[] = [];
    const app = createTestApp({
      executor: fakeExecutor({
        execute: async () => Promise.reject(new Error('/secret/path')),
        survey: async () => survey,
      }),
      onIncident: ({ error }) => incidents.push(error),
    });
    const response = await app.request(path, bodyOf('1'));
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(
      /^\{"detail":"The service failed; [^/]* Incident: [0-9a-f-]{36}\."\}$/,
    );
    expect(incidents).toHaveLength(1);
  });

  it('takes code that cannot be looked at in time for unsafe', async () => {
    const app = createTestApp({ executor: fakeExecutor() });
    const body: unknown = await (await app.request(path, bodyOf('1'))).json();
    expect(body).toMatchObject({
      console_log: null,
      safety_violation: expect.stringContaining('in time') as string,
    });
  });
});

describe('who is not let in', () => {
  it('hears of it in the shape of the dialect; who has a key is served', async () => {
    const keys = await openKeys({ file: undefined, own: [{ name: 'ada', key: 'a-key-of-the-operator' }] });
    const app = createTestApp({ keys, executor: fakeExecutor({ survey: async () => survey }) });
    const send = (key: Record<string, string>, to = path): Promise<Response> =>
      Promise.resolve(app.request(to, { ...bodyOf('1'), headers: { ...POST.headers, ...key } }));
    const answers = [await send({}), await send({ 'X-API-Key': 'another' }), await send({}, `${path}/none`)];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    for (const answer of answers) {
      const body: unknown = await answer.json();
      expect(body).toEqual({ detail: expect.any(String) as string });
    }
    expect((await send({ authorization: 'Bearer a-key-of-the-operator' })).status).toBe(200);
    expect((await app.request('/dialects/code-executor/health')).status).toBe(200);
    keys?.close();
  });
});
