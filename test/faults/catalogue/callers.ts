import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { Fault } from '../fault.ts';

const body = JSON.stringify({ script: 'def main():\n    return 1', stdin: 'x'.repeat(100_000) });
const head = `POST /execute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
const CALLERS = 20;

async function openSocket(arena: Arena): Promise<Socket> {
  const { hostname, port } = new URL(arena.service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** @throws Error where the service had hung up before: then no caller went away. */
function hangUp(sockets: readonly Socket[]): string {
  const open = sockets.filter((socket) => !socket.destroyed && socket.writable);
  if (open.length < sockets.length) throw new Error('the service had hung up before');
  for (const socket of sockets) socket.resetAndDestroy();
  return `${open.length} connections were open`;
}

/** Callers that send so much and go away, while others call. */
const halfRead = (what: string, text: string): Fault => ({
  name: `a caller goes away: ${what}`,
  group: 'requests that are half read',
  what: `${CALLERS} callers send ${what} and hang up`,
  strike: async (arena) => {
    const sockets = await Promise.all(Array.from({ length: CALLERS }, () => openSocket(arena)));
    for (const socket of sockets) socket.write(text);
    const seen = [await arena.trivial(), await arena.trivial()];
    if (sockets.some(({ bytesRead }) => bytesRead > 0)) throw new Error('the service answered to a half');
    const proof = hangUp(sockets);
    return { seen: [...seen, await arena.trivial()], proof };
  },
});

async function waitUntilAnswered(arena: Arena): Promise<void> {
  for (;;) {
    const { pool } = await arena.service.readHealth();
    if (pool.running + pool.waiting === 0) return;
    await sleep(20);
  }
}

/** A whole request, whose answer is not read. */
const unread: Fault = {
  name: 'a caller goes away: before a large answer is read',
  group: 'requests that are half read',
  what: `${CALLERS} callers ask for 4 MB, read nothing and hang up`,
  strike: async (arena) => {
    const large = JSON.stringify({ script: "def main():\n    return 'x' * 4_000_000" });
    const sockets = await Promise.all(Array.from({ length: CALLERS }, () => openSocket(arena)));
    for (const socket of sockets) {
      socket.pause();
      socket.write(
        `POST /execute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
      );
    }
    const seen = [await arena.trivial()];
    await waitUntilAnswered(arena);
    const proof = hangUp(sockets);
    return { seen: [...seen, await arena.trivial()], proof };
  },
};

export const callerFaults: readonly Fault[] = [
  halfRead('half of a head', head.slice(0, 40)),
  halfRead('a head without its body', head),
  halfRead('half of a body', head + body.slice(0, body.length / 2)),
  unread,
];
