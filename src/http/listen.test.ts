import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Executor } from '../executor/executor.ts';
import type { AppOptions } from './app.ts';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';
import { listen, type Listening, type ListenOptions } from './listen.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).toReversed()) await thing.close();
});

async function start(
  parts: Partial<AppOptions> = {},
  options: Partial<ListenOptions> = {},
): Promise<Listening> {
  const listening = await listen(createTestApp(parts), { host: '127.0.0.1', port: 0, ...options });
  opened.push(listening);
  return listening;
}

/** Writes bytes to a connection of its own; `all` is everything received until it was closed. */
function dial({ address }: Listening, text: string): { socket: Socket; all: Promise<string> } {
  const socket = connect(address.port, address.host);
  opened.push({ close: () => socket.destroy() });
  socket.write(text);
  const { promise, resolve } = Promise.withResolvers<string>();
  let all = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (all += chunk));
  socket.on('error', () => {});
  socket.on('close', () => resolve(all));
  return { socket, all: promise };
}

const head = 'POST /execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const body = '{"script":"x"}';
const declared = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Creates an executor that holds each execution until it is released or aborted. */
function holdExecutions() {
  const started = Promise.withResolvers<AbortSignal>();
  const release = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const execute: Executor['execute'] = async (_request, options) => {
    const signal = options?.signal ?? new AbortController().signal;
    started.resolve(signal);
    const aborted = Promise.withResolvers<never>();
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the adapter's reason is a string
    signal.addEventListener('abort', () => aborted.reject(signal.reason));
    try {
      await Promise.race([release.promise, aborted.promise]);
      return succeed('1');
    } finally {
      ended.resolve();
    }
  };
  return { executor: fakeExecutor({ execute }), started: started.promise, ended: ended.promise, release };
}

describe('listen', () => {
  it('says where it listens, and rejects where it cannot', async () => {
    const { address } = await start();
    expect(address.url).toBe(`http://127.0.0.1:${address.port}`);
    await expect(start({}, { port: address.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each([declared, chunked])('ends the execution of a caller that goes away (case %#)', async (request) => {
    const incidents: unknown[] = [];
    const held = holdExecutions();
    const answered = Promise.withResolvers<boolean>();
    const server = await start({
      executor: held.executor,
      onIncident: (incident) => incidents.push(incident),
      onRequest: ({ aborted }) => answered.resolve(aborted),
    });
    const { socket } = dial(server, request);
    expect((await held.started).aborted).toBe(false);
    socket.destroy();
    await held.ended;
    expect(await answered.promise).toBe(true);
    expect(incidents).toEqual([]);
  });

  it('does not abort what was answered', async () => {
    const held = holdExecutions();
    const server = await start({ executor: held.executor });
    const { all } = dial(server, declared.replace('Host: a', 'Host: a\r\nConnection: close'));
    const signal = await held.started;
    held.release.resolve();
    expect(await all).toMatch(/^HTTP\/1.1 200 [^]*"result":1/);
    expect(signal.aborted).toBe(false);
  });

  it.each([
    ['nonsense\r\n\r\n', 400],
    ['GET /live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['GET /live HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    [`GET /live HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET /live HTTP/1.0\r\n\r\n', 200],
  ])('answers what is hardly HTTP (case %#)', async (text, status) => {
    const answer = await dial(await start(), text).all;
    const [headers = '', payload = ''] = answer.split('\r\n\r\n');
    expect(headers).toContain(`HTTP/1.1 ${status} `);
    expect(headers.toLowerCase()).toContain('content-type: application/json');
    if (status !== 200) expect(JSON.parse(payload)).toMatchObject({ success: false, error: 'invalid_input' });
  });

  it.each(['GET /live HTTP/1.1\r\nHo', `${head}Content-Length: 100\r\n\r\n{"scr`])(
    'cuts off a client that stalls (case %#)',
    async (text) => {
      const answer = await dial(await start({}, { requestTimeout: 200 }), text).all;
      expect(answer).toMatch(/^HTTP\/1.1 408 [^]*"error":"invalid_input"/);
    },
  );

  it('cuts off a client that does not take its answer, not one that waits for it', async () => {
    const result = `"${'x'.repeat(50_000_000)}"`;
    const held = holdExecutions();
    const server = await start({ executor: held.executor }, { sendTimeout: 100 });
    const waiting = dial(server, declared.replace('Host: a', 'Host: a\r\nConnection: close'));
    await held.started;
    const large = await start(
      { executor: fakeExecutor({ execute: async () => succeed(result) }) },
      { sendTimeout: 100 },
    );
    const { socket, all } = dial(large, declared);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    // Resolves as soon as the client's connection is gone, before the client has taken its answer.
    await large.close();
    socket.resume();
    expect((await all).length).toBeLessThan(result.length);
    held.release.resolve();
    expect(await waiting.all).toMatch(/^HTTP\/1.1 200 /);
  });

  it('finishes answers when it closes, and drops what only waits', async () => {
    const held = holdExecutions();
    const server = await start({ executor: held.executor });
    const idle = dial(server, 'GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => idle.socket.once('data', resolve));
    const busy = dial(server, declared);
    await held.started;
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await idle.all;
    held.release.resolve();
    expect(await busy.all).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*"result":1/i);
    await closing;
  });

  it('sends an answer to its end when it closes', async () => {
    const large = 20_000_000;
    const executor = fakeExecutor({ execute: async () => succeed(`"${'x'.repeat(large)}"`) });
    const server = await start({ executor });
    const { socket, all } = dial(server, declared);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const closing = server.close();
    socket.resume();
    expect((await all).length).toBeGreaterThan(large);
    await closing;
  });
});
