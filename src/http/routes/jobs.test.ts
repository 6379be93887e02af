import { describe, expect, it } from 'vitest';
import { Refusal } from '../../core/contract/refusal.ts';
import type { Executor } from '../../executor/executor.ts';
import type { Keys } from '../../keys/open-keys.ts';
import { createTestApp, createTestJobs, succeed } from '../app.test-support.ts';

interface JobBody {
  readonly id: string;
  readonly state: string;
  readonly outcome?: { readonly success: boolean; readonly result?: unknown; readonly error?: string };
}
interface ErrorBody {
  readonly error: string;
  readonly message: string;
}

/** Keys `ada` and `bob`, which are their own names. */
const keys: Keys = {
  authenticate: async ({ keys: [name = ''] }) => ({ caller: { queueKey: `key ${name}`, key: name } }),
  close: () => {},
};

function open(execute: Executor['execute'] = async () => succeed('[1,12345678901234567890]')) {
  const app = createTestApp({ keys, jobs: createTestJobs(execute) });
  const ask = (method: string, path: string, body?: unknown, own: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { 'x-api-key': 'ada', 'content-type': 'application/json', ...own },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const json = async <T>(...args: Parameters<typeof ask>): Promise<T> =>
    (await (await ask(...args)).json()) as T;
  return { ask, json };
}

const script = { script: 'def main(): pass' };
const hang: Executor['execute'] = (_plan, { signal } = {}) =>
  new Promise((_resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
    signal?.addEventListener('abort', () => reject(signal.reason));
  });

describe('/jobs', () => {
  it('takes a job, and answers with its outcome exactly as the script wrote it', async () => {
    const { ask } = open();
    const taken = await ask('POST', '/jobs', { ...script, priority: 3, retention: 60 });
    expect(taken.status).toBe(202);
    const { id, state } = (await taken.json()) as JobBody;
    expect(state).toBe('running');
    expect(taken.headers.get('location')).toBe(`/jobs/${id}`);
    const answer = await ask('GET', `/jobs/${id}?wait=5`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain('"state":"done"');
    expect(text).toContain('"durable":false');
    expect(text).toContain('"outcome":{"success":true,"result":[1,12345678901234567890],');
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  it.each([
    [{ ...script, delay: -1 }, 'delay: must be at least 0.'],
    [{ ...script, priority: 1.5 }, 'priority: must be an integer.'],
    [{ ...script, retension: 5 }, 'Unknown field "retension"; did you mean "retention"?'],
    [{ ...script, scrpt: '' }, 'Unknown field "scrpt"; did you mean "script"?'],
    [{ ...script, webhook: 'https://example.com' }, /^webhook: must be an object/],
    [
      { ...script, webhook: { url: 'https://example.com', secret: 'short' } },
      /^webhook.secret: must be whsec_/,
    ],
    [{ ...script, webhook: { url: 'https://example.com', secrets: '' } }, /secrets/],
    [{ delay: 1 }, '"script" is missing: it must be a string.'],
    [[], 'A job must be a JSON object, not an array.'],
    ['{', /^The body is not JSON/],
  ])('refuses %j', async (body, message) => {
    const { ask } = open();
    const answer = await ask('POST', '/jobs', body);
    expect(answer.status).toBe(400);
    const told = (await answer.json()) as ErrorBody;
    expect(told.error).toBe('invalid_input');
    expect(told.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('keeps the digits of arguments in a batch, and names the job of a mistake', async () => {
    const seen: unknown[] = [];
    const { ask, json } = open(async (plan) => {
      seen.push(plan.entry.kind === 'function' ? plan.entry.argsJson : undefined);
      return succeed('null');
    });
    const body = `{"jobs": [{"script": "def main(n): pass", "args": [12345678901234567890]},\n {"script": "x", "args":[5.0]}]}`;
    const { jobs } = await json<{ jobs: JobBody[] }>('POST', '/jobs/batch', body);
    expect(jobs).toHaveLength(2);
    for (const { id } of jobs) await ask('GET', `/jobs/${id}?wait=5`);
    expect(seen).toEqual(['[12345678901234567890]', '[5.0]']);
    const wrong = await ask('POST', '/jobs/batch', { jobs: [script, { ...script, delay: 'soon' }] });
    expect(wrong.status).toBe(400);
    expect(((await wrong.json()) as ErrorBody).message).toBe('jobs[1]: delay: must be a number.');
    for (const jobless of [{}, { jobs: [] }, { jobs: Array.from({ length: 101 }, () => script) }]) {
      const { message } = await json<ErrorBody>('POST', '/jobs/batch', jobless);
      expect(message).toBe('"jobs" must be an array of 1 to 100 jobs.');
    }
  });

  it('shows each key its own jobs only', async () => {
    const { ask, json } = open();
    const { id } = await json<JobBody>('POST', '/jobs', script);
    const bob = { 'x-api-key': 'bob' };
    for (const [method, path] of [
      ['GET', `/jobs/${id}`],
      ['GET', `/jobs/${id}?wait=1`],
      ['GET', `/jobs/${id}/events`],
      ['DELETE', `/jobs/${id}`],
    ] as const) {
      expect((await ask(method, path, undefined, bob)).status).toBe(404);
    }
    expect(await json('GET', '/jobs', undefined, bob)).toEqual({ jobs: [] });
    expect((await json<{ jobs: JobBody[] }>('GET', '/jobs')).jobs.map((job) => job.id)).toEqual([id]);
    expect(await json('GET', '/jobs?state=queued')).toEqual({ jobs: [] });
    expect((await ask('GET', '/jobs?state=ready')).status).toBe(400);
  });

  it('makes one job of one Idempotency-Key', async () => {
    const { ask, json } = open();
    const key = { 'idempotency-key': 'k1' };
    const first = await json<JobBody>('POST', '/jobs', script, key);
    expect((await json<JobBody>('POST', '/jobs', script, key)).id).toBe(first.id);
    expect((await ask('POST', '/jobs', { ...script, delay: 1 }, key)).status).toBe(400);
    const batch = await json<{ jobs: JobBody[] }>('POST', '/jobs/batch', { jobs: [script, script] }, key);
    const again = await json<{ jobs: JobBody[] }>('POST', '/jobs/batch', { jobs: [script, script] }, key);
    expect(again.jobs.map(({ id }) => id)).toEqual(batch.jobs.map(({ id }) => id));
    expect(new Set([first, ...batch.jobs].map(({ id }) => id)).size).toBe(3);
  });

  it('cancels a job that runs, and says who won', async () => {
    const { json } = open(hang);
    const { id } = await json<JobBody>('POST', '/jobs', script);
    const cancelled = await json<JobBody>('DELETE', `/jobs/${id}`);
    expect(cancelled).toMatchObject({ state: 'cancelled', outcome: { success: false, error: 'cancelled' } });
    expect((await json<JobBody>('DELETE', `/jobs/${id}`)).state).toBe('cancelled');
  });

  it('answers a wait that is over with the job as it is', async () => {
    const { json, ask } = open(hang);
    const { id } = await json<JobBody>('POST', '/jobs', script);
    expect((await json<JobBody>('GET', `/jobs/${id}?wait=0.05`)).state).toBe('running');
    expect((await ask('GET', `/jobs/${id}?wait=601`)).status).toBe(400);
  });

  it('streams its events, and goes on where a reader left', async () => {
    const { ask, json } = open(async (_plan, options) => {
      void options?.onOutput?.('stdout', Buffer.from('hello\n'));
      return succeed('1');
    });
    const { id } = await json<JobBody>('POST', '/jobs', script);
    const all = await (await ask('GET', `/jobs/${id}/events`)).text();
    const events = all.trim().split('\n\n');
    expect(events.slice(0, 4)).toEqual([
      'id: 1\nevent: state\ndata: {"state":"queued","attempts":0}',
      'id: 2\nevent: state\ndata: {"state":"running","attempts":1}',
      'id: 3\nevent: stdout\ndata: {"text":"hello\\n"}',
      'id: 4\nevent: state\ndata: {"state":"done","attempts":1}',
    ]);
    expect(events[4]).toMatch(/^event: done\ndata: \{"id":.*"outcome":\{"success":true/);
    const rest = await (await ask('GET', `/jobs/${id}/events`, undefined, { 'last-event-id': '3' })).text();
    expect(rest.startsWith('id: 4\n')).toBe(true);
  });

  it('ends a stream whose reader leaves, and the job goes on', async () => {
    const { ask, json } = open(hang);
    const { id } = await json<JobBody>('POST', '/jobs', script);
    for (let count = 0; count < 10; count += 1) {
      const reader = (await ask('GET', `/jobs/${id}/events`)).body?.getReader();
      await reader?.read();
      await reader?.cancel();
    }
    expect((await json<JobBody>('GET', `/jobs/${id}`)).state).toBe('running');
  });

  it('tells a reader of a refused script what it is told by POST /execute', async () => {
    const { json } = open(async () => {
      throw new Refusal('forbidden', 'not here');
    });
    const { id } = await json<JobBody>('POST', '/jobs', script);
    const job = await json<JobBody>('GET', `/jobs/${id}?wait=5`);
    expect(job).toMatchObject({ state: 'done', outcome: { success: false, error: 'forbidden' } });
  });
});
