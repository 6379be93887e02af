import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MIB } from '../core/contract/limits.ts';
import { createByteBudget, type ByteBudget } from '../pool/byte-budget.ts';
import { openKeys } from '../keys/open-keys.ts';
import { createTestApp, fakeExecutor, succeed } from './app.test-support.ts';
import { listen } from './listen.ts';

const CAPACITY = 4 * MIB;
/** More than the kernel's buffers for a connection, whose content counts as sent and is not held. */
const ANSWER = 24 * MIB;
const own = ['ada', 'bob'].map((name) => ({ name, key: `${name}-${name}-${name}` }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Creates a door with keys, whose scripts return `ANSWER` bytes when called `large`. */
async function openDoor(byteBudget: ByteBudget) {
  const app = createTestApp({
    byteBudget,
    keys: await openKeys({ file: undefined, own }),
    executor: fakeExecutor({
      execute: async ({ script }, options) => {
        const outcome = succeed(script === 'large' ? `"${'x'.repeat(ANSWER)}"` : 'null');
        options?.caller?.owe?.(script === 'large' ? ANSWER : 100);
        return outcome;
      },
    }),
    caps: { bodyBytes: MIB, scriptBytes: MIB },
  });
  const door = await listen(app, { host: '127.0.0.1', port: 0 });
  const sockets: Socket[] = [];
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await door.close();
  });
  const send = async (caller: string, headers: string, body = ''): Promise<Socket> => {
    const socket = connect(door.address.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: x\r\nX-API-Key: ${caller}-${caller}-${caller}\r\n` +
        `Content-Type: application/json\r\n${headers}\r\n\r\n${body}`,
    );
    return socket;
  };
  return { send };
}

const statusOf = async (socket: Socket): Promise<number> => {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return Number(chunk.toString('latin1').slice(9, 12));
};
const lengthOf = (body: string): string => `Content-Length: ${body.length}`;
const small = '{"script":"x"}';
const large = '{"script":"large"}';

describe('bytes in flight', () => {
  it('are taken for bodies before they come: who holds them back leaves room for others', async () => {
    const budget = createByteBudget({ capacity: CAPACITY, maxWait: 0.1 });
    const { send } = await openDoor(budget);
    const held = await Promise.all([1, 2, 3, 4].map(() => send('ada', `Content-Length: ${MIB}`, '{')));
    await vi.waitFor(() => expect(budget.used).toBe(2 * MIB));
    // Two of four have to wait, and are refused.
    expect(await Promise.race(held.map(statusOf))).toBe(503);
    expect(await statusOf(await send('bob', lengthOf(small), small))).toBe(200);
    for (const socket of held) socket.destroy();
    await vi.waitFor(() => expect(budget.used).toBe(0));
  });

  it('are taken for bodies of no said length as they grow', async () => {
    const budget = createByteBudget({ capacity: CAPACITY, maxWait: 0.1 });
    const { send } = await openDoor(budget);
    const chunk = 'x'.repeat(200_000);
    const piece = `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    const socket = await send('ada', 'Transfer-Encoding: chunked', piece);
    await vi.waitFor(() => expect(budget.used).toBe(256 * 1024));
    socket.write(piece);
    await vi.waitFor(() => expect(budget.used).toBe(512 * 1024));
    socket.destroy();
    await vi.waitFor(() => expect(budget.used).toBe(0));
  });

  it('are held by an answer until it is read or nobody is there to read it', async () => {
    const budget = createByteBudget({ capacity: ANSWER + CAPACITY, maxWait: 0.1 });
    const { send } = await openDoor(budget);
    const unread = await send('ada', lengthOf(large), large);
    unread.pause();
    await vi.waitFor(() => expect(budget.used).toBeGreaterThan(ANSWER));
    expect([budget.mayRun('key ada'), budget.mayRun('key bob')]).toEqual([false, true]);
    unread.resume();
    await vi.waitFor(() => expect(budget.used).toBe(0));
    const left = await send('ada', lengthOf(large), large);
    left.pause();
    await vi.waitFor(() => expect(budget.used).toBeGreaterThan(ANSWER));
    left.destroy();
    await vi.waitFor(() => expect(budget.used).toBe(0));
  });
});
