import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, fakeExecutor, healthy, succeed } from '../src/http/app.test-support.ts';
import type { RequestEvent } from '../src/http/app-env.ts';
import { listen, type Listening } from '../src/http/listen.ts';
import { openBrowser } from './support/browser.ts';
import { packageRoot } from '../src/paths.ts';

/* Pages in a real browser against a service that is open, as it listens on somebody's own machine. */

let seen: RequestEvent[] = [];
let touched: string[] = [];
const executor = fakeExecutor({
  execute: async () => (touched.push('execute'), succeed('42')),
  survey: async () => (touched.push('survey'), undefined),
  health: () => (touched.push('health'), healthy),
});

let door: Listening;
/** Serves an empty page at any path, under any name. */
let pages: Server;
let pagePort: number;
let browser: Browser;
beforeAll(async () => {
  pages = await servePages();
  pagePort = (pages.address() as AddressInfo).port;
  door = await listen(createServiceApp(), { host: '127.0.0.1', port: 0 });
  browser = await openBrowser(['--host-resolver-rules=MAP *.example 127.0.0.1']);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([door.close(), close(pages)]);
});
beforeEach(() => {
  [seen, touched] = [[], []];
});

const createServiceApp = () =>
  createTestApp({
    executor,
    origins: {
      host: '127.0.0.1',
      allowedHosts: ['brig.example'],
      allowedOrigins: [`http://app.example:${pagePort}`],
    },
    onRequest: (event) => seen.push(event),
    onIncident: ({ error }) => touched.push(String(error)),
  });

const servePages = (): Promise<Server> =>
  serve((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><body>');
  });

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function close(server: Server): Promise<unknown> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
}

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

/** One thing that a page tried, and what it could read of the answer. */
interface Attempt {
  readonly what: string;
  readonly read?: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Returns the part of an answer that a page can read, or says that it cannot. */
const ask = (page: Page, url: string, init: Ask = {}): Promise<string> =>
  page.evaluate(
    ([to, how]) =>
      fetch(to, how).then(
        async (answer) => `${answer.status} ${await answer.text()}`,
        () => 'not readable',
      ),
    [url, init] as const,
  );

const json = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
  body: '{"script": "def main():\\n    return 42"}',
};

describe('a page in a browser', () => {
  it.each(['http://evil.example', 'http://localhost'])(
    'of %s reaches nothing of the service, and reads nothing',
    async (origin) => {
      const page = await open(`${origin}:${pagePort}/`);
      await page.addScriptTag({ path: join(packageRoot, 'test', 'support', 'hostile-page.js') });
      const attempts = await page.evaluate<Attempt[]>(`attack(${JSON.stringify(door.address.url)})`);
      await page.close();
      expect(attempts.length).toBeGreaterThan(130);
      expect(attempts.filter(({ read }) => read !== undefined)).toEqual([]);
      expect(touched).toEqual([]);
      expect([...new Set(seen.map(({ status }) => status))]).toEqual([403]);
      // It is the service that refuses: the browser let these through.
      for (const path of ['/execute', '/dialects/code-executor/execute', '/dialects/quartermaster/prebuild'])
        expect(seen.filter((event) => event.method === 'POST' && event.path === path).length).toBeGreaterThan(
          10,
        );
      expect(seen.filter(({ method }) => method === 'OPTIONS').length).toBeGreaterThan(10);
    },
    120_000,
  );

  it('of a name that was made to lead to the service reaches nothing', async () => {
    // The page's own server makes way for the service at the same address, as if its name led elsewhere now.
    const first = await servePages();
    const { port } = first.address() as AddressInfo;
    const rebound = `http://evil.example:${port}`;
    const page = await open(`${rebound}/`);
    await close(first);
    const service = await listen(createServiceApp(), { host: '127.0.0.1', port });
    for (const path of ['/execute', '/mcp', '/dialects/code-executor/execute'])
      expect(await ask(page, rebound + path, json)).toMatch(/^403 /);
    for (const path of ['/health', '/live', '/openapi.json', '/environments'])
      expect(await ask(page, rebound + path)).toMatch(/^403 [^]*BRIG_ALLOWED_HOSTS/);
    expect(await ask(page, `${rebound}/environments/default`, { method: 'DELETE' })).toMatch(/^403 /);
    expect(touched).toEqual([]);
    await page.close();
    await service.close();
  });

  it('of a name that the operator gave, and of the service itself, is answered', async () => {
    const { port } = new URL(door.address.url);
    for (const base of [`http://localhost:${port}`, `http://brig.example:${port}`]) {
      const page = await open(`${base}/docs`);
      expect(await ask(page, `${base}/execute`, json)).toMatch(/^200 [^]*"result":42/);
      await page.close();
    }
  });

  it('of an origin that the operator named sends keys and reads answers', async () => {
    const page = await open(`http://app.example:${pagePort}/`);
    expect(await ask(page, `${door.address.url}/execute`, json)).toMatch(/^200 [^]*"result":42/);
    expect(await ask(page, `${door.address.url}/nothing`)).toMatch(/^404 /);
    await page.close();
  });

  it('can lead to the page of the contract, which opens', async () => {
    const page = await open(`http://evil.example:${pagePort}/`);
    await page.evaluate(`location.assign('${door.address.url}/docs')`);
    await page.locator('.opblock').first().waitFor();
    expect(seen.find(({ path }) => path === '/docs')?.status).toBe(200);
    await page.close();
  });

  it('of the service works behind a proxy that calls it by another name', async () => {
    const target = new URL(door.address.url);
    const proxy = await serve((incoming, outgoing) => {
      const { url, method, headers } = incoming;
      const onward = request(
        {
          host: target.hostname,
          port: target.port,
          path: url,
          method,
          headers: { ...headers, host: target.host },
        },
        (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers)),
      );
      incoming.pipe(onward);
    });
    // A browser says of localhost, as of an address with TLS, whether a page asks its own origin.
    const page = await open(`http://localhost:${(proxy.address() as AddressInfo).port}/docs`);
    expect(await ask(page, '/execute', json)).toMatch(/^200 [^]*"result":42/);
    await page.close();
    await close(proxy);
  });
});
