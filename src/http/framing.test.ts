import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';
import { listen, type Listening } from './listen.ts';

/* Bytes that no client sends by mistake: each gets a typed error or a clean close, and runs nothing. */

let server: Listening;
let runs: number;
let most: number;
let under: number;
let release: PromiseWithResolvers<void>;
const sockets: Socket[] = [];
beforeEach(async () => {
  [runs, most, under] = [0, 0, 0];
  release = Promise.withResolvers();
  const execute = async () => {
    runs += 1;
    under += 1;
    most = Math.max(most, under);
    await release.promise;
    under -= 1;
    return succeed('1');
  };
  server = await listen(createTestApp({ executor: fakeExecutor({ execute }) }), {
    host: '127.0.0.1',
    port: 0,
  });
});
afterEach(async () => {
  release.resolve();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** Returns everything received until the service closes the connection. */
function dial(text: string | Buffer): { socket: Socket; all: Promise<string> } {
  const socket = connect(server.address.port, server.address.host);
  sockets.push(socket);
  let all = '';
  const closed = Promise.withResolvers<string>();
  socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => closed.resolve(all));
  socket.write(text);
  return { socket, all: closed.promise };
}

const json = '{"script":"x"}';
const post = 'POST /execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const chunk = `e\r\n${json}\r\n0\r\n\r\n`;
const get = 'GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';

const malformed: readonly [what: string, text: string | Buffer, status?: number][] = [
  ['a length and chunks', `${post}Content-Length: 14\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`],
  ['chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 14\r\n\r\n${chunk}`],
  ['two lengths', `${post}Content-Length: 14\r\nContent-Length: 15\r\n\r\n${json}`],
  ['two lengths in one field', `${post}Content-Length: 14, 14\r\n\r\n${json}`],
  ['a length with a sign', `${post}Content-Length: +14\r\n\r\n${json}`],
  ['a negative length', `${post}Content-Length: -1\r\n\r\n${json}`],
  ['a length in hexadecimal', `${post}Content-Length: 0xe\r\n\r\n${json}`],
  ['a length beyond 64 bits', `${post}Content-Length: 99999999999999999999\r\n\r\n${json}`],
  ['a chunk size that is no number', `${post}Transfer-Encoding: chunked\r\n\r\nxyz\r\n${json}\r\n0\r\n\r\n`],
  ['a chunk size beyond 64 bits', `${post}Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n${json}`],
  ['a chunk longer than its size', `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n${json}\r\n0\r\n\r\n`],
  ['an encoding behind chunked', `${post}Transfer-Encoding: chunked, identity\r\n\r\n${chunk}`],
  ['an encoding that is not chunked', `${post}Transfer-Encoding: xchunked\r\n\r\n${chunk}`],
  ['chunks in HTTP/1.0', `${post.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n${chunk}`],
  ['a folded field', `${get}X: a\r\n b\r\n\r\n`],
  ['a folded length', `${post}Content-Length:\r\n 14\r\n\r\n${json}`],
  ['a NUL in a field', Buffer.from(`${get}X: a\0b\r\n\r\n`)],
  ['a NUL in a name', Buffer.from(`${get}X\0: a\r\n\r\n`)],
  ['a space before the colon', `${get}Content-Length : 14\r\n\r\n`],
  ['a field without a name', `${get}: a\r\n\r\n`],
  ['a line without a colon', `${get}nonsense\r\n\r\n`],
  ['a bare CR in a field', `${get}X: a\rb\r\n\r\n`],
  ['bare LF between lines', 'GET /live HTTP/1.1\nHost: a\n\n'],
  ['a bare CR as the end', 'GET /live HTTP/1.1\rHost: a\r\r'],
  ['no version', 'GET /live\r\n\r\n'],
  ['a version that is none', 'GET /live HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a handshake of TLS', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0, 13, 10, 13, 10])],
  ['a method in small letters', 'get /live HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['no Host', 'GET /live HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['two Hosts', `${get}Host: b\r\n\r\n`],
  ['a target of another host', 'GET http://b/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['a target that is no path', 'GET live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ...[
    '/docs/../live',
    '/docs/..',
    '/./live',
    '/docs/.%2e/live',
    '/docs/%2E%2e/live?a',
    '/docs\\..\\live',
    '/docs\\live',
    'http://a/docs/../live',
  ].map((target): [string, string] => [
    `the target ${target}`,
    `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  ]),
  ['the target of no route', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['a tunnel', 'CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n'],
  [
    'an expectation that nobody meets',
    `${post}Connection: close\r\nExpect: 200-maybe\r\nContent-Length: 14\r\n\r\n${json}`,
  ],
  ['headers of 20 kB', `${get}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['ten thousand fields', `${get}${'a:b\r\n'.repeat(10_000)}\r\n`, 431],
  ['a target of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
];

describe('framing', () => {
  it.each(malformed)('%s is refused, and runs nothing', async (_what, text, status = 400) => {
    const answer = await dial(text).all;
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({ success: false, error: 'invalid_input' });
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(runs).toBe(0);
  });

  it.each([
    ['TRACE', 'TRACE /execute HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405],
    ['a wish for HTTP/2', `${get}Upgrade: h2c\r\n\r\n`, 200],
    [
      'a target with the same host',
      'GET http://a/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      200,
    ],
    ['a query with dots', 'GET /live?a=/../b\\ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 200],
    ['names with dots', 'GET /..live/.live/... HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 404],
    ['HTTP/1.0', 'GET /live HTTP/1.0\r\n\r\n', 200],
    ['two thousand fields', `${get}${'a:\r\n'.repeat(2100)}\r\n`, 200],
  ])('%s is answered with its status', async (_what, text, status) => {
    expect(await dial(text).all).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(runs).toBe(0);
  });

  it('goes on with a body once it was asked to', async () => {
    const { socket, all } = dial(
      `${post}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    release.resolve();
    socket.write(json);
    expect(await all).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 [^]*"result":1/);
  });

  it('hides no field behind two thousand others', async () => {
    const fields = `${'a:\r\n'.repeat(2100)}Origin: http://evil.example\r\n`;
    const answer = await dial(`${post}Connection: close\r\n${fields}Content-Length: 14\r\n\r\n${json}`).all;
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(runs).toBe(0);
  });

  it('runs what comes without waiting for answers one after the other, a few, in order', async () => {
    const one = `${post}Content-Length: 14\r\n\r\n${json}`;
    const { all } = dial(one.repeat(200));
    await expect.poll(() => runs).toBe(1);
    release.resolve();
    const answers = (await all).match(/HTTP\/1\.1 200 /g);
    expect([answers?.length, runs, most]).toEqual([9, 9, 1]);
    expect(await all).toMatch(/connection: close/i);
  });

  it('keeps the body of a request that waits its turn with the client', async () => {
    const large = 50_000_000;
    const { socket } = dial(
      `${post}Content-Length: 14\r\n\r\n${json}${post}Content-Length: ${large}\r\n\r\n`,
    );
    await expect.poll(() => runs).toBe(1);
    socket.write(Buffer.alloc(large, 0x20));
    for (let count = 0; count < 20; count += 1) await dial(`${get}\r\n`).all;
    // Most of it is still in the client's memory: the service reads no more than the buffers take.
    expect(socket.writableLength).toBeGreaterThan(large / 2);
  });

  it('goes on after all of this', async () => {
    for (const [, text] of malformed) await dial(text).all;
    expect(await dial(`${get}\r\n`).all).toMatch(/^HTTP\/1.1 200 /);
  });
});
