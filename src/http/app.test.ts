import {
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  json as jsonText,
  jsonValue,
  oneof,
  uint8Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalSchema } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { Incident, RequestEvent } from './app-env.ts';
import { createTestApp, fakeExecutor, healthy, succeed } from './app.test-support.ts';

const json = { 'Content-Type': 'application/json' };
const script = 'def main(): pass';

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json): RequestInit {
  return { method: 'POST', body, headers };
}

const ask = (headers: Record<string, string>) => createTestApp().request('/live', { headers });

async function readRefusal(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return refusalSchema.strict().parse(await response.json());
}

describe('POST /execute', () => {
  it('answers with the outcome, its result untouched, and says how long each step took', async () => {
    const executor = fakeExecutor({
      execute: async (_request, options) => {
        options?.onTimings?.({ analysis: 1, queue: 2, jail: 3, run: 4.567, collect: 5 });
        return succeed('{"a":9007199254740993,"b":5.0}');
      },
    });
    const response = await createTestApp({ executor }).request('/execute', post(JSON.stringify({ script })));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(
      /^\{"success":true,"result":\{"a":9007199254740993,"b":5.0\},"stdout"/,
    );
    expect(response.headers.get('server-timing')).toMatch(
      /^analysis;dur=1.00,queue;dur=2.00,jail;dur=3.00,run;dur=4.57,collect;dur=5.00,total;dur=/,
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('hands the executor the literals of the arguments', async () => {
    const seen: ExecutionPlan[] = [];
    const executor = fakeExecutor({
      execute: async (plan) => {
        seen.push(plan);
        return succeed('null');
      },
    });
    const body = '{"script":"x","args":[5.0],"kwargs":{"__proto__":1e400}}';
    await createTestApp({ executor }).request('/execute', post(body));
    expect(seen).toMatchObject([{ entry: { argsJson: '[5.0]', kwargsJson: '{"__proto__":1e400}' } }]);
  });

  it.each([
    ['', /^The body is empty/],
    ['  ', /^The body is empty/],
    ['{"script":"x",}', /^The body is not JSON: .*position 14/],
    ['[]', /^The body must be a JSON object/],
    [new Uint8Array([0x7b, 0xff, 0x7d]), /^The body is not UTF-8/],
    [`{"script":"x","args":[5.0,${'['.repeat(40_000)}${']'.repeat(40_000)}]}`, /nested/],
    [`{"script":"x","args":[5,${'['.repeat(40_000)}${']'.repeat(40_000)}]}`, /nested/],
  ])('refuses a body (case %#)', async (body, message) => {
    const response = await createTestApp().request('/execute', post(body));
    expect(response.status).toBe(400);
    expect(await readRefusal(response)).toMatchObject({
      error: 'invalid_input',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{}, 415],
    [{ 'Content-Type': 'text/plain' }, 415],
    [{ 'Content-Type': 'application/json; charset=latin1' }, 415],
    [{ ...json, 'Content-Encoding': 'gzip' }, 415],
    [{ 'Content-Type': 'Application/JSON; x=y; charset="UTF-8"' }, 200],
  ])('reads by type: %j is %i', async (headers, status) => {
    const body = new TextEncoder().encode(JSON.stringify({ script }));
    const response = await createTestApp().request('/execute', post(body, headers));
    expect(response.status).toBe(status);
    if (status === 415) expect((await readRefusal(response)).error).toBe('invalid_input');
  });

  it('bounds the body, declared or counted, and the script', async () => {
    const large = ' '.repeat(100_001);
    const declared = await createTestApp().request(
      '/execute',
      post(large, { ...json, 'Content-Length': '100001' }),
    );
    const counted = await createTestApp().request('/execute', post(large));
    const scripted = await createTestApp().request(
      '/execute',
      post(JSON.stringify({ script: 'x'.repeat(1001) })),
    );
    for (const response of [declared, counted, scripted]) {
      expect(response.status).toBe(413);
      expect((await readRefusal(response)).error).toBe('payload_too_large');
    }
  });

  it('answers refusals of the executor, and says when to come back', async () => {
    const statuses = {
      overloaded: 503,
      sandbox_unavailable: 503,
      unavailable: 503,
      rate_limited: 429,
      forbidden: 403,
    } as const;
    for (const [category, status] of Object.entries(statuses)) {
      const refusal = new Refusal(
        category as keyof typeof statuses,
        'No.',
        category === 'rate_limited' ? { retryAfter: 2.1 } : {},
      );
      const executor = fakeExecutor({ execute: () => Promise.reject(refusal) });
      const response = await createTestApp({ executor }).request(
        '/execute',
        post(JSON.stringify({ script })),
      );
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe(
        { overloaded: '1', rate_limited: '3' }[category] ?? null,
      );
      expect((await readRefusal(response)).error).toBe(category);
    }
  });

  it.each([
    new Error('secret /etc/path'),
    'secret string',
    undefined,
    new Refusal('internal_error', 'secret'),
  ])('keeps its insides to itself (case %#)', async (fault) => {
    const incidents: Incident[] = [];
    const events: RequestEvent[] = [];
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what is thrown need not be an Error
    const executor = fakeExecutor({ execute: () => Promise.reject(fault) });
    const app = createTestApp({
      executor,
      onIncident: (incident) => incidents.push(incident),
      onRequest: (event) => events.push(event),
    });
    const response = await app.request('/execute', post(JSON.stringify({ script })));
    expect(response.status).toBe(500);
    const body = await readRefusal(response);
    expect(body).toMatchObject({ error: 'internal_error', incident: incidents[0]?.id });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(incidents).toMatchObject([{ error: fault, request: { method: 'POST', path: '/execute' } }]);
    expect(events).toMatchObject([{ status: 500, route: '/execute', aborted: false }]);
    expect(response.headers.get('x-request-id')).toBe(events[0]?.id);
  });

  it('keeps its insides to itself in a stream that has begun', async () => {
    const incidents: Incident[] = [];
    const executor = fakeExecutor({
      execute: async (_request, options) => {
        await Promise.resolve();
        options?.onStart?.({ id: 'e1', timings: { analysis: 1, queue: 2, jail: 3 } });
        throw new Error('secret');
      },
    });
    const app = createTestApp({ executor, onIncident: (incident) => incidents.push(incident) });
    const headers = { ...json, Accept: 'text/event-stream' };
    const response = await app.request('/execute', post(JSON.stringify({ script }), headers));
    expect(response.status).toBe(200);
    const [start, error, rest] = (await response.text()).split('\n\n');
    expect(start).toBe('event: start\ndata: {"id":"e1"}');
    expect(error).toMatch(/^event: error\ndata: \{/);
    expect(refusalSchema.strict().parse(JSON.parse(error?.split('data: ')[1] ?? ''))).toMatchObject({
      error: 'internal_error',
      incident: incidents[0]?.id,
    });
    expect(error).not.toContain('secret');
    expect(rest).toBe('');
  });

  it('reports no incident where the caller went away', async () => {
    const executor = fakeExecutor({
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the adapter's reason is a string
      execute: (_request, options) => Promise.reject(options?.signal?.reason),
    });
    const request = new Request('http://localhost/execute', {
      ...post(JSON.stringify({ script })),
      signal: AbortSignal.abort('gone'),
    });
    const response = await createTestApp({ executor }).request(request);
    expect(response.status).toBeLessThan(500);
  });

  it('refuses whatever is no request, and never fails on it', async () => {
    const app = createTestApp();
    const field = constantFrom('script', 'args', 'kwargs', 'env', 'limits', 'mode', 'function', '__proto__');
    const body = oneof(
      uint8Array({ maxLength: 200 }),
      jsonText({ maxDepth: 4 }),
      dictionary(field, jsonValue()).map((value) => JSON.stringify({ ...value, script: 7 })),
    );
    await assert(
      asyncProperty(body, async (bytes) => {
        const response = await app.request(
          '/execute',
          post(typeof bytes === 'string' ? bytes : new Uint8Array(bytes)),
        );
        expect([400, 413]).toContain(response.status);
        await readRefusal(response);
      }),
      { numRuns: 500 },
    );
  });
});

describe('other routes', () => {
  it('tells health and life apart', async () => {
    const unhealthy = { ...healthy, status: 'unhealthy' as const, reason: 'no cgroup' };
    const sick = createTestApp({ executor: fakeExecutor({ health: () => unhealthy }) });
    expect([
      (await createTestApp().request('/health')).status,
      (await sick.request('/health')).status,
    ]).toEqual([200, 503]);
    expect(await (await sick.request('/health')).json()).toEqual(unhealthy);
    expect(await (await sick.request('/live')).json()).toEqual({ status: 'alive' });
    const head = await sick.request('/live', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each([
    ['/exec', /^Did you mean POST \/execute\?$/],
    ['/execute/', /^Did you mean POST \/execute\?$/],
    ['/healthz', /^Did you mean GET \/health\?$/],
    [`/${'x'.repeat(5000)}`, /^Routes: POST \/execute, POST \/generate-and-execute, GET \/health, /],
  ])('finds nothing at %s', async (path, suggestion) => {
    const events: RequestEvent[] = [];
    const response = await createTestApp({ onRequest: (event) => events.push(event) }).request(path);
    expect(response.status).toBe(404);
    const body = await readRefusal(response);
    expect(body.error).toBe('not_found');
    expect(body.suggestions).toContainEqual(expect.stringMatching(suggestion));
    expect(events).toMatchObject([{ route: undefined, status: 404, refusal: { category: 'not_found' } }]);
    expect(response.headers.get('x-request-id')).toBe(events[0]?.id);
  });

  it.each([
    ['GET', '/execute', 'POST'],
    ['OPTIONS', '/execute', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/live', 'GET, HEAD'],
  ])('does not take %s %s', async (method, path, allow) => {
    const events: RequestEvent[] = [];
    const response = await createTestApp({ onRequest: (event) => events.push(event) }).request(path, {
      method,
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect((await readRefusal(response)).error).toBe('invalid_input');
    expect(events[0]?.status).toBe(405);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('takes over ids that are well-formed', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const good = await ask({ 'X-Request-Id': 'a.b:c/1 x', traceparent });
    expect(good.headers.get('x-request-id')).toBe('a.b:c/1 x');
    expect(good.headers.get('traceparent')).toBe(traceparent);
    const bad = await ask({
      'X-Request-Id': 'x'.repeat(129),
      traceparent: traceparent.replace('00-', 'ff-'),
    });
    expect(bad.headers.get('x-request-id')).toHaveLength(36);
    expect(bad.headers.get('traceparent')).toBeNull();
  });
});
