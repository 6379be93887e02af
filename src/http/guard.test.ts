import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { openKeys } from '../keys/open-keys.ts';
import type { AppEnv } from './app-env.ts';
import type { DenialEvent } from './deny.ts';
import { ownAccess } from './route-access.ts';
import { guard } from './guard.ts';
import { identifyCaller } from './caller.ts';

const KEY = 'a-key-of-the-operator';
const headers = { 'X-API-Key': KEY };

async function createGuarded(): Promise<{ app: Hono<AppEnv>; denials: DenialEvent[] }> {
  const keys = await openKeys({ file: undefined, own: [{ name: 'ada', key: KEY }] });
  if (keys === undefined) throw new Error('there is a key');
  const denials: DenialEvent[] = [];
  const app = new Hono<AppEnv>();
  const responders = {
    '/dialects/example/': (c: Parameters<typeof identifyCaller>[0], { reason }: { reason: string }) =>
      c.json({ detail: reason }, reason === 'no_key' ? 401 : 403),
  };
  app.use(guard({ keys, access: ownAccess, responders, onDenial: (event) => denials.push(event) }));
  const dialect = new Hono<AppEnv>();
  dialect.post('/run', (c) => c.text('run'));
  app.get('/live', (c) => c.text('alive'));
  app.get('/runtimes', (c) => c.json(identifyCaller(c)));
  app.get('/forgotten', (c) => c.text('secret'));
  app.all('/forgotten/too', (c) => c.text('secret'));
  app.route('/dialects/example', dialect);
  return { app, denials };
}

describe('guard', () => {
  it('keeps a route that nobody gave a scope for admin', async () => {
    const { app } = await createGuarded();
    for (const path of ['/forgotten', '/forgotten/too', '/dialects/example/run']) {
      const method = path.endsWith('run') ? 'POST' : 'GET';
      expect((await app.request(path, { method })).status).toBe(401);
      expect((await app.request(path, { method, headers })).status).toBe(403);
    }
    expect((await app.request('/forgotten', { method: 'HEAD', headers })).status).toBe(403);
  });

  it('lets everybody pass where everybody may, and says who it is elsewhere', async () => {
    const { app } = await createGuarded();
    expect(await (await app.request('/live')).text()).toBe('alive');
    expect((await app.request('/live', { method: 'HEAD' })).status).toBe(200);
    expect(await (await app.request('/runtimes', { headers })).json()).toEqual({
      queueKey: 'key ada',
      key: 'ada',
      scopes: ['execute', 'environments', 'jobs', 'sessions', 'metrics'],
    });
    expect((await app.request('/runtimes', { method: 'HEAD' })).status).toBe(401);
  });

  it('answers in the shape of the doors below a path, also where there is no route', async () => {
    const { app, denials } = await createGuarded();
    const post = (path: string, key: Record<string, string>) =>
      app.request(path, { method: 'POST', headers: key });
    const answers = [
      await post('/dialects/example/run', {}),
      await post('/dialects/example/none', {}),
      await post('/dialects/example/run', { 'X-API-Key': 'another-key' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    expect(await answers[2]?.json()).toEqual({ detail: 'wrong_key' });
    expect(denials.map(({ reason, path }) => [reason, path])).toEqual([
      ['no_key', '/dialects/example/run'],
      ['no_key', '/dialects/example/none'],
      ['wrong_key', '/dialects/example/run'],
    ]);
  });
});
