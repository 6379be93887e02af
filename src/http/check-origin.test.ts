import { describe, expect, it } from 'vitest';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';

const foreign = { origin: 'https://evil.example' };
const json = { 'content-type': 'application/json' };

const routes = [
  ['POST', '/execute'],
  ['POST', '/generate-and-execute'],
  ['POST', '/environments'],
  ['DELETE', '/environments'],
  ['GET', '/environments'],
  ['POST', '/mcp'],
  ['GET', '/health'],
  ['GET', '/live'],
  ['GET', '/openapi.json'],
  ['GET', '/nothing'],
  ['OPTIONS', '/execute'],
  ['POST', '/dialects/code-cantation/execute'],
  ['POST', '/dialects/code-executor/execute'],
  ['POST', '/dialects/secure-python/execute'],
  ['POST', '/dialects/secure-python/generate-and-execute'],
  ['POST', '/dialects/quartermaster/run'],
  ['POST', '/dialects/quartermaster/prebuild'],
  ['DELETE', '/dialects/quartermaster/prebuilds/x'],
  ['POST', '/dialects/quartermaster/prebuilds/cleanup'],
  ['GET', '/dialects/quartermaster/health'],
] as const;

/** Fails the test when anything of the service is called. */
const touched = (): never => {
  throw new Error('something was reached');
};

describe('checkOrigin', () => {
  it.each(routes)(
    'keeps a page of another origin from %s %s, before anything is read',
    async (method, path) => {
      const app = createTestApp({ executor: fakeExecutor({ execute: touched, health: touched }) });
      for (const headers of [foreign, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await app.request(path, { method, headers });
        expect(answer.status).toBe(403);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        const body = (await answer.json()) as Record<string, unknown>;
        if (path.startsWith('/dialects/'))
          expect(body).toEqual({ detail: expect.stringContaining('origin') });
        else expect(body).toMatchObject({ success: false, error: 'forbidden', retryable: false });
      }
    },
  );

  it('notices nothing of a program', async () => {
    const app = createTestApp();
    const body = '{"script":"def main(): pass"}';
    const answer = await app.request('/execute', { method: 'POST', headers: json, body });
    expect(answer.status).toBe(200);
    // Node's own fetch sends its mode, but not its site.
    const headers = { ...json, 'sec-fetch-mode': 'cors' };
    expect((await app.request('/execute', { method: 'POST', headers, body })).status).toBe(200);
  });

  it('tells the log who was kept out, and why', async () => {
    const seen: unknown[] = [];
    const origins = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };
    const app = createTestApp({ origins, onDenial: (event) => seen.push(event) });
    await app.request('/execute', { method: 'POST', headers: foreign });
    await app.request('/runtimes', { headers: { host: 'evil.example' } });
    expect(seen).toEqual([
      expect.objectContaining({ reason: 'foreign_origin', path: '/execute' }),
      expect.objectContaining({ reason: 'foreign_host', path: '/runtimes' }),
    ]);
  });

  it('lets pages of a named origin ask first, send keys and read what comes', async () => {
    const origin = 'https://app.example';
    const origins = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [origin] };
    const app = createTestApp({ origins, executor: fakeExecutor({ execute: async () => succeed('42') }) });
    const asked = await app.request('/execute', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(asked.headers.get('access-control-allow-headers')).toContain('X-API-Key');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await app.request('/execute', {
      method: 'POST',
      headers: { ...json, origin, 'sec-fetch-site': 'cross-site' },
      body: '{"script":"def main(): pass"}',
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    expect(answer.headers.get('vary')).toBe('Origin');
    const refused = await app.request('/nothing', { headers: { origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
  });

  it.each(routes.filter(([method, path]) => method === 'POST' && path.startsWith('/dialects/')))(
    '%s %s reads no body that does not say that it is JSON',
    async (method, path) => {
      if (path.endsWith('cleanup')) return;
      const app = createTestApp({ executor: fakeExecutor({ execute: touched, survey: touched }) });
      for (const type of [
        undefined,
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      ]) {
        // Bytes, so that fetch adds no media type.
        const body = new TextEncoder().encode('{"code": "1", "query": "x", "tag": "t", "setup_script": "s"}');
        const headers = type === undefined ? {} : { 'content-type': type };
        const answer = await app.request(path, { method, headers, body });
        expect([answer.status, await answer.json()]).toMatchObject([
          422,
          { detail: [{ type: 'model_attributes_type' }] },
        ]);
      }
    },
  );
});
