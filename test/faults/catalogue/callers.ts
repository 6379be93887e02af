import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Arena } from '../arena.ts';
import type { Fault } from '../fault.ts';

const body = JSON.stringify({ script: 'def main():\n    return 1', stdin: 'x'.repeat(100_000) });
const head = `POST /execute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
const CALLERS = 20;

async function open(arena: Arena): Promise<Socket> {
  const { hostname, port } = new URL(arena.service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Callers that send so much and go away, while others call. */
const halfRead = (what: string, text: string): Fault => ({
  name: `a caller goes away: ${what}`,
  group: 'requests that are half read',
  what: `${CALLERS} callers send ${what} and hang up`,
  strike: async (arena) => {
    const sockets = await Promise.all(Array.from({ length: CALLERS }, () => open(arena)));
    for (const socket of sockets) socket.write(text);
    const seen = [await arena.trivial(), await arena.trivial()];
    for (const socket of sockets) socket.resetAndDestroy();
    return [...seen, await arena.trivial()];
  },
});

/** A whole request, whose answer is not read. */
const unread: Fault = {
  name: 'a caller goes away: before a large answer is read',
  group: 'requests that are half read',
  what: `${CALLERS} callers ask for 4 MB, read nothing and hang up`,
  strike: async (arena) => {
    const large = JSON.stringify({ script: "def main():\n    return 'x' * 4_000_000" });
    const sockets = await Promise.all(Array.from({ length: CALLERS }, () => open(arena)));
    for (const socket of sockets) {
      socket.pause();
      socket.write(
        `POST /execute HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
      );
    }
    const seen = [await arena.trivial()];
    for (const socket of sockets) socket.resetAndDestroy();
    return [...seen, await arena.trivial()];
  },
};

export const callerFaults: readonly Fault[] = [
  halfRead('half of a head', head.slice(0, 40)),
  halfRead('a head without its body', head),
  halfRead('half of a body', head + body.slice(0, body.length / 2)),
  unread,
];
