import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openKeys } from '../keys/open-keys.ts';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';
import type { AppOptions } from './app.ts';
import type { ConnectionBounds } from './bound-connections.ts';
import { listen, type Listening } from './listen.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).toReversed()) await thing.close();
});

/** Holds every execution until it is released. */
function hold() {
  const release = Promise.withResolvers<void>();
  let running = 0;
  const execute = async () => {
    running += 1;
    await release.promise;
    return succeed('1');
  };
  return { executor: fakeExecutor({ execute }), release: release.resolve, running: () => running };
}

async function start(bounds: ConnectionBounds, parts: Partial<AppOptions> = {}): Promise<Listening> {
  const door = await listen(createTestApp(parts), { host: '127.0.0.1', port: 0, bounds });
  opened.push(door);
  return door;
}

interface Dialled {
  readonly socket: Socket;
  /** Returns the text received so far. */
  readonly text: () => string;
  readonly isClosed: () => boolean;
  readonly all: Promise<string>;
}

/** Opens a connection from a loopback address, and sends a text at once. */
async function dial({ address }: Listening, localAddress: string, text = ''): Promise<Dialled> {
  const socket = connect({ port: address.port, host: address.host, localAddress });
  opened.push({ close: () => socket.destroy() });
  let [all, isClosed] = ['', false];
  const closed = Promise.withResolvers<string>();
  socket.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    closed.resolve(all);
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  if (text !== '') socket.write(text);
  return { socket, text: () => all, isClosed: () => isClosed, all: closed.promise };
}

const get = 'GET /live HTTP/1.1\r\nHost: a\r\n\r\n';
const run = (key = ''): string =>
  `POST /execute HTTP/1.1\r\nHost: a\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"script":"x"}`;

const [here, there, elsewhere] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

describe('connections', () => {
  it('that wait after an answer make way, the oldest first, before those that never asked', async () => {
    const door = await start({ total: 4, perAddress: 4 });
    const silent = await dial(door, here);
    const idle = [];
    for (let count = 0; count < 3; count += 1) {
      const one = await dial(door, here, get);
      await expect.poll(one.text).toContain('alive');
      idle.push(one);
    }
    const next = await dial(door, there, get);
    await expect.poll(next.text).toContain('alive');
    await idle[0]?.all;
    expect([silent, idle[1], idle[2], next].map((one) => one?.isClosed())).toEqual(Array(4).fill(false));
    const last = [];
    for (let count = 0; count < 3; count += 1) last.push(await dial(door, there));
    await Promise.all([idle[1]?.all, idle[2]?.all]);
  });

  it('of an address that holds many make way for others', async () => {
    const door = await start({ total: 6, perAddress: 6 });
    const many = [];
    for (let count = 0; count < 4; count += 1) many.push(await dial(door, here));
    const few = [await dial(door, there), await dial(door, there)];
    const next = await dial(door, elsewhere, get);
    await expect.poll(next.text).toContain('alive');
    await many[0]?.all;
    expect([...few, ...many.slice(1)].some((one) => one.isClosed())).toBe(false);
  });

  it('of an address do not go beyond its share, however slowly it asks', async () => {
    const door = await start({ total: 6, perAddress: 3 });
    const slow: Dialled[] = [];
    for (let count = 0; count < 20; count += 1) slow.push(await dial(door, here, 'GET /live HTTP/1.1\r\nHo'));
    await expect.poll(() => slow.filter((one) => one.isClosed()).length).toBe(17);
    const other = await dial(door, there, get);
    await expect.poll(other.text).toContain('alive');
    expect(slow.filter((one) => one.isClosed()).length).toBe(17);
  });

  it('that are waited for stay, and new ones are told why they are refused', async () => {
    const held = hold();
    const door = await start({ total: 3, perAddress: 2 }, { executor: held.executor });
    const busy = [await dial(door, here, run()), await dial(door, here, run())];
    await expect.poll(held.running).toBe(2);
    const over = await (await dial(door, here)).all;
    expect(over).toMatch(/^HTTP\/1.1 503 [^]*Retry-After: 1[^]*"error":"overloaded"/);
    busy.push(await dial(door, there, run()));
    await expect.poll(held.running).toBe(3);
    expect(await (await dial(door, elsewhere, get)).all).toMatch(/^(HTTP\/1.1 503 |$)/);
    expect(held.running()).toBe(3);
    held.release();
    for (const one of busy) await expect.poll(one.text).toContain('"result":1');
    const next = await dial(door, elsewhere, get);
    await expect.poll(next.text).toContain('alive');
  });

  it('by the thousand leave the service answering', async () => {
    const door = await start({ total: 20, perAddress: 20 });
    const crowd: Dialled[] = [];
    for (let count = 0; count < 1000; count += 1) crowd.push(await dial(door, here));
    await expect.poll(() => crowd.filter((one) => !one.isClosed()).length).toBe(20);
    const next = await dial(door, here, get);
    await expect.poll(next.text).toContain('alive');
  });
});

describe('requests of a key', () => {
  it('are bounded by how many are under way, and hold up no other key', async () => {
    const held = hold();
    const own = ['one', 'two'].map((name) => ({ name, key: `the-key-of-${name}` }));
    const keys = await openKeys({ file: undefined, own });
    const door = await start({ total: 20, perAddress: 20 }, { executor: held.executor, keys, perKey: 2 });
    const send = (name: string): Promise<Dialled> => dial(door, here, run(`the-key-of-${name}`));
    const first = [await send('one'), await send('one')];
    await expect.poll(held.running).toBe(2);
    const over = await send('one');
    await expect.poll(over.text).toMatch(/^HTTP\/1.1 429 [^]*"error":"rate_limited"/);
    const other = await send('two');
    await expect.poll(held.running).toBe(3);
    held.release();
    for (const one of [...first, other]) await expect.poll(one.text).toContain('"result":1');
    const again = await send('one');
    await expect.poll(again.text).toContain('"result":1');
  });
});
