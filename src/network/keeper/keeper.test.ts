import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import {
  ask,
  closed,
  dial,
  listen,
  open,
  say,
  startEcho,
  startWeb,
  type Given,
} from './doors.test-support.ts';
import { createResolver, readHosts } from './resolve.ts';

describe('a named door', () => {
  it('passes bytes on both ways to its end, and counts them', async () => {
    const { port: echo } = await startEcho();
    const name = `db.test:${echo}`;
    const { session, port } = await open([name, `127.0.0.1:${echo}`], {
      names: { 'db.test': ['127.0.0.1'] },
    });
    expect(await say(port, 'hello')).toBe('HELLO');
    expect(session.close()).toEqual({
      doors: [
        { door: name, connections: 1, bytes_sent: 5, bytes_received: 5 },
        { door: `127.0.0.1:${echo}`, connections: 0, bytes_sent: 0, bytes_received: 0 },
      ],
      refusals: [],
      refusals_left_out: 0,
    });
  });

  it('leads to no address that is not public, in whatever order a name has them', async () => {
    const { port: echo, connections } = await startEcho();
    const names = {
      'a.test': ['127.0.0.1'],
      'b.test': ['::ffff:127.0.0.1'],
      'c.test': ['169.254.169.254', '10.0.0.1'],
    };
    const { session, ports } = await open(
      Object.keys(names).map((name) => `${name}:${echo}`),
      { names },
    );
    for (const port of ports) expect(await say(port, 'x')).toBe('reset');
    expect(session.close().refusals).toEqual([
      { target: `a.test:${echo}`, reason: 'address_refused', address: 'loopback', count: 1 },
      { target: `b.test:${echo}`, reason: 'address_refused', address: 'embedded', count: 1 },
      { target: `c.test:${echo}`, reason: 'address_refused', address: 'link_local', count: 1 },
    ]);
    expect(connections()).toBe(0);
  });

  it('connects to what was judged, though the name has another address by then', async () => {
    const { port: echo } = await startEcho();
    const answers = [['203.0.113.1'], ['127.0.0.1']];
    const resolve = vi.fn(() => Promise.resolve(answers.shift() ?? []));
    const { session, port } = await open([`a.test:${echo}`], {
      resolver: { resolve, cancel: () => undefined },
    });
    expect(await say(port, 'x')).toBe('reset');
    expect(resolve).toHaveBeenCalledOnce();
    expect(await say(port, 'x')).toBe('reset');
    expect(session.close().refusals.map(({ address }) => address)).toEqual(['documentation', 'loopback']);
  });

  it('says that a name has no address, and that nobody answers', async () => {
    const unused = createServer();
    const port = await listen(unused);
    unused.close();
    const { session, ports } = await open([`none.test:${port}`, `127.0.0.1:${port}`]);
    for (const one of ports) expect(await say(one, 'x')).toBe('reset');
    expect(session.close().refusals.map(({ reason }) => reason)).toEqual(['unresolved', 'unreachable']);
  });

  it('ends with its execution, whatever is under way', async () => {
    const { port: echo } = await startEcho();
    const never = { resolve: () => new Promise<never>(() => undefined), cancel: vi.fn() };
    const waiting = await open([`a.test:${echo}`], { resolver: never });
    const { session, port } = await open([`127.0.0.1:${echo}`]);
    const [first, second] = [await dial(port), await dial(waiting.port)];
    first.write('x');
    await once(first, 'data');
    session.close();
    waiting.session.close();
    await Promise.all([closed(first), closed(second)]);
    expect(never.cancel).toHaveBeenCalledOnce();
    await expect(dial(port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('bounds of an execution', () => {
  it('hold connections at once, and in all', async () => {
    const { port: echo } = await startEcho();
    const { session, port } = await open([`127.0.0.1:${echo}`], { atOnce: 2, connections: 4 });
    const held = [await dial(port), await dial(port)];
    for (const socket of held) {
      socket.write('x');
      await once(socket, 'data');
    }
    expect(await say(port, 'x')).toBe('reset');
    for (const socket of held) socket.destroy();
    await vi.waitFor(async () => expect(await say(port, 'x')).not.toBe('RESET'));
    await vi.waitFor(() => expect(dial(port)).rejects.toThrow('ECONNREFUSED'));
    const { refusals } = session.close();
    expect(refusals.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['too_many_at_once', 'too_many']),
    );
  });

  it('hold bytes each way', async () => {
    const { port: echo } = await startEcho();
    const { session, port } = await open([`127.0.0.1:${echo}`], { bytes: 100 });
    expect((await say(port, 'x'.repeat(100))).length).toBe(100);
    const socket = await dial(port);
    socket.write('x');
    await closed(socket);
    expect(session.close().refusals).toMatchObject([{ reason: 'too_many_bytes', count: 1 }]);
  });

  it('end a connection through which nothing goes', async () => {
    const { port: echo } = await startEcho();
    const { session, port } = await open([`127.0.0.1:${echo}`], { idleMs: 50 });
    await closed(await dial(port));
    expect(session.close().refusals).toMatchObject([{ reason: 'idle' }]);
  });

  it('and of the service hold too', async () => {
    const { port: echo } = await startEcho();
    const { session, port } = await open([`127.0.0.1:${echo}`], { isFull: true });
    expect(await say(port, 'x')).toBe('reset');
    expect(session.close().refusals).toMatchObject([{ reason: 'service_full' }]);
  });
});

describe('a peer that takes nothing', () => {
  it('holds up its own connection alone, and little of it is kept', async () => {
    const stalled = await listen(createServer((socket) => void socket.on('error', () => undefined).pause()));
    const { port: echo } = await startEcho();
    const { session, ports } = await open([`127.0.0.1:${stalled}`, `127.0.0.1:${echo}`], { bytes: 1 << 30 });
    const socket = await dial(ports[0] ?? 0);
    const piece = Buffer.alloc(1 << 20);
    // The kernel takes some, and the session little more.
    for (let at = 0; at < 64; at += 1) socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await say(ports[1] ?? 0, 'hello')).toBe('HELLO');
    expect(session.close().doors[0]?.bytes_sent).toBeLessThan(32 << 20);
  });
});

describe('the proxy', () => {
  const names = { 'a.test': ['127.0.0.1'], 'in.test': ['10.0.0.1'] };
  const openProxy = (web: number, more: Given = {}) =>
    open([`*.test:${web}`, 'public'], {
      ...{ names, operator: [`*.test:${web}`, 'public', `127.0.0.1:${web}`], bytes: 1 << 20 },
      ...more,
    });

  it('passes on plain requests, without what is for it alone', async () => {
    const { port: web, seen } = await startWeb();
    const { session, port } = await openProxy(web);
    const head = `POST http://a.test:${web}/x?y=1 HTTP/1.1\r\nHost: other\r\nProxy-Authorization: secret\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Kept: 2\r\nContent-Length: 4\r\n\r\n`;
    const answer = await ask(port, `${head}body`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\n[^]*body/);
    expect(seen[0]).toMatch(/^POST \/x\?y=1 /);
    expect(seen[0]).toContain(`"host":"a.test:${web}"`);
    expect(seen[0]).toContain('"x-kept":"2"');
    expect(seen[0]).not.toMatch(/secret|x-hop/);
    expect(session.close().doors).toMatchObject([{ door: 'proxy', connections: 1 }]);
  });

  it('follows no redirect: that is a request of its own', async () => {
    const { port: web } = await startWeb();
    const { port } = await openProxy(web);
    expect(await ask(port, `GET http://a.test:${web}/away HTTP/1.0\r\n\r\n`)).toContain(
      'location: http://10.0.0.1/',
    );
    expect(await ask(port, 'GET http://10.0.0.1/ HTTP/1.0\r\n\r\n')).toContain(
      '403 The script may not reach',
    );
  });

  it('opens tunnels, with what came along at once', async () => {
    const { port: echo } = await startEcho();
    const { session, port } = await openProxy(echo);
    const answer = await ask(
      port,
      `CONNECT a.test:${echo} HTTP/1.1\r\nHost: a.test:${echo}\r\n\r\nhello`,
      /HELLO$/,
    );
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\nHELLO');
    expect(session.close().doors).toMatchObject([{ connections: 1, bytes_sent: 5, bytes_received: 5 }]);
  });

  it.each([
    ['b.example:1', 'public', 502, 'unresolved'],
    ['in.test:1', 'public', 403, 'address_refused'],
    ['127.0.0.1:1', 'public', 403, 'not_allowed'],
    ['[::ffff:127.0.0.1]:1', 'public', 400, 'malformed'],
    ['[::ffff:7f00:1]:1', 'public', 400, 'malformed'],
    ['[::1]:1', 'public', 403, 'not_allowed'],
    ['0x7f000001:1', 'public', 400, 'malformed'],
    ['2130706433:1', 'public', 400, 'malformed'],
    ['127.1:1', 'public', 400, 'malformed'],
    ['0177.0.0.1:1', 'public', 400, 'malformed'],
    ['0.0.0.0:1', 'public', 400, 'malformed'],
    ['169.254.169.254:80', 'public', 403, 'not_allowed'],
    ['[fd00:ec2::254]:80', 'public', 403, 'not_allowed'],
    ['a.test', 'public', 400, 'malformed'],
    ['*.test:1', 'public', 400, 'malformed'],
    ['public', 'public', 400, 'malformed'],
    ['a.test:1', '*.other:1', 403, 'not_allowed'],
  ])('lets no script to %s under %s', async (target, allow, status, reason) => {
    const { session, port } = await open([allow], { names });
    expect(await ask(port, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} `),
    );
    expect(session.close().refusals).toMatchObject([{ target, reason }]);
  });

  it.each([
    'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n',
    'GET https://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n',
    'nonsense\r\n\r\n',
    `GET http://a.test/${'x'.repeat(20_000)} HTTP/1.1\r\n`,
  ])('answers what is no request of a proxy with its reason, %#', async (request) => {
    const { session, port } = await open(['public'], { names });
    expect(await ask(port, request)).toMatch(/^HTTP\/1.1 400 /);
    expect(session.close().refusals).toMatchObject([{ reason: 'malformed' }]);
  });

  it('counts every request on a connection that is kept', async () => {
    const { port: web } = await startWeb();
    const { session, port } = await openProxy(web, { connections: 2 });
    const one = `GET http://a.test:${web}/ HTTP/1.1\r\nHost: a.test\r\n\r\n`;
    const answer = await ask(port, one + one + one);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 429']);
    expect(session.close().refusals).toMatchObject([{ reason: 'too_many' }]);
  });

  it('spells out some refusals, and counts the rest', async () => {
    const { session, port } = await open(['*.nothing:1'], { connections: 100, atOnce: 50 });
    await Promise.all(
      Array.from({ length: 25 }, (_, at) => ask(port, `CONNECT h${at}.test:1 HTTP/1.1\r\nHost: x\r\n\r\n`)),
    );
    const { refusals, refusals_left_out } = session.close();
    expect([refusals.length, refusals_left_out]).toEqual([20, 5]);
  });
});

describe('resolving', () => {
  it('reads hosts(5)', () => {
    expect([...readHosts('127.0.0.1 localhost Box # c\n#x\n\n::1\tlocalhost\n10.0.0.1')]).toEqual([
      ['localhost', ['127.0.0.1', '::1']],
      ['box', ['127.0.0.1']],
    ]);
  });

  it('gives no address for a name that nobody knows, and does not fail', async () => {
    const resolver = createResolver({ servers: ['127.0.0.1:1'], hostsFile: '/nowhere' });
    const found = resolver.resolve('a.test');
    resolver.cancel();
    expect(await found).toEqual([]);
  });
});
