import { once } from 'node:events';
import { connect as openSocket, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseEntries } from '../../core/contract/network/request.ts';
import { planDoors } from '../plan-doors.ts';
import { ask, dial, listen, open, startEcho, type Given } from './doors.test-support.ts';

/* A script and a peer attack a doorkeeper together. */

const names = { 'a.test': ['127.0.0.1'] };

/** Opens a proxy to one port of this machine. */
const openProxy = (port: number, more: Given = {}) =>
  open([`*.test:${port}`], { names, operator: [`*.test:${port}`, `127.0.0.1:${port}`], ...more });

/** A peer that answers each connection with the same words. */
const answering = (words: string | Buffer): Server =>
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(words));
  });

describe('a script at the proxy', () => {
  it('has one connection to the world by each of its own, however many requests stand in it', async () => {
    let made = 0;
    let atOnce = 0;
    let most = 0;
    const port = await listen(
      createServer((socket) => {
        made += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        socket.on('error', () => undefined).once('close', () => (atOnce -= 1));
        socket.once('data', () => setImmediate(() => socket.end('HTTP/1.1 204 No\r\n\r\n')));
      }),
    );
    const { session, port: proxy } = await openProxy(port, { connections: 1000 });
    const one = `GET http://a.test:${port}/ HTTP/1.1\r\nHost: a.test\r\n\r\n`;
    expect((await ask(proxy, one.repeat(3), /(?:204[^]*){3}/)).match(/HTTP\/1.1 204/g)).toHaveLength(3);
    await ask(proxy, one.repeat(500));
    expect(made).toBe(3);
    // The peer learns a moment later that one is closed.
    expect(most).toBeLessThan(3);
    expect(session.close().refusals).toMatchObject([{ target: 'proxy', reason: 'malformed' }]);
  });

  it('gets its place back from each tunnel that was refused', async () => {
    const { session, port } = await openProxy(1, { atOnce: 2, connections: 100 });
    for (let at = 0; at < 6; at += 1) {
      const socket = await dial(port);
      socket.write('CONNECT b.example:1 HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      socket.end();
      await sleep(20);
    }
    expect(session.close().refusals).toMatchObject([{ reason: 'not_allowed', count: 6 }]);
  });
});

describe('a peer of the proxy', () => {
  it.each([
    'HTTP/1.1 200 \u0001\r\n\r\n',
    'HTTP/1.1 200 \u007f\r\n\r\n',
    'HTTP/1.1 099 x\r\n\r\n',
    'HTTP/1.1 000 x\r\n\r\n',
    'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: \u0001\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    '\r\n\r\n',
  ])('ends nothing but its own answer with %j', async (words) => {
    const port = await listen(answering(Buffer.from(words, 'latin1')));
    const { port: proxy } = await openProxy(port);
    expect(await ask(proxy, `GET http://a.test:${port}/ HTTP/1.0\r\n\r\n`)).toMatch(
      /^(?:HTTP\/1.1 \d{3} |$)/,
    );
  });

  it('sends no byte that is not counted', async () => {
    const info = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100);
    const port = await listen(answering(`${info}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx`));
    const { session, port: proxy } = await openProxy(port, { bytes: 100_000 });
    await ask(proxy, `GET http://a.test:${port}/ HTTP/1.0\r\n\r\n`);
    expect(session.close().doors[0]?.bytes_received).toBeGreaterThan(info.length);
  });
});

describe('doors whose execution has ended', () => {
  it('do not open', async () => {
    const { port: echo } = await startEcho();
    const allow = [`127.0.0.1:${echo}`];
    const { session } = await open(allow);
    const { doors } = planDoors({ allow: parseEntries(allow), operator: [] });
    const late = createServer();
    const port = await listen(late);
    const [door] = doors;
    if (door === undefined) throw new Error('there is no door');
    const listening = session.listen(door, late);
    session.close();
    await listening.catch(() => undefined);
    const socket = openSocket({ port, host: '127.0.0.1' });
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
});
