import { describe, expect, it } from 'vitest';
import type { Keys } from '../keys/open-keys.ts';
import { createTestApp } from './app.test-support.ts';
import { createMetricsApp } from './metrics-app.ts';

const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'brig_ready 1\n' };
const origins = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };

describe('GET /metrics', () => {
  it('answers an open service as its other routes do', async () => {
    const answer = await createTestApp({ metrics }).request('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(metrics.contentType);
    expect(await answer.text()).toBe('brig_ready 1\n');
  });

  it('asks for a key with the scope metrics', async () => {
    const wanted: (readonly string[])[] = [];
    const keys: Keys = {
      authenticate: async (_credentials, scopes) => {
        wanted.push(scopes);
        return { caller: { queueKey: 'x', scopes: ['metrics'] } };
      },
      close: () => {},
    };
    const app = createTestApp({ metrics, keys });
    expect((await app.request('/metrics')).status).toBe(200);
    expect(wanted).toEqual([['metrics']]);
  });

  it('is not there where metrics are off or elsewhere', async () => {
    expect((await createTestApp().request('/metrics')).status).toBe(404);
  });
});

describe('createMetricsApp', () => {
  const app = createMetricsApp({ metrics, origins });
  const ask = (
    path: string,
    { method = 'GET', ...headers }: Record<string, string> = {},
  ): Response | Promise<Response> =>
    app.request(`http://127.0.0.1${path}`, { method, headers: { host: '127.0.0.1', ...headers } });

  it('serves metrics and nothing else', async () => {
    expect((await ask('/metrics')).status).toBe(200);
    expect((await ask('/execute', { method: 'POST' })).status).toBe(404);
    expect((await ask('/metrics', { method: 'POST' })).status).toBe(405);
  });

  it('lets no page of another origin read them', async () => {
    expect((await ask('/metrics', { origin: 'https://evil.example' })).status).toBe(403);
    // A name that was made to resolve to the loopback.
    expect((await ask('/metrics', { host: 'evil.example' })).status).toBe(403);
  });
});
