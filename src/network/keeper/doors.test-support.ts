import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect as openSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import { parseEntries } from '../../core/contract/network/request.ts';
import { planDoors, type Door } from '../plan-doors.ts';
import type { NetworkBounds } from './messages.ts';
import type { NameResolver } from './resolve.ts';
import { createSession, type Session } from './session.ts';

/* Doors on this machine instead of in a jail, and who stands before and behind them. */

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Sends back what it gets, in capitals, and counts its connections. */
export async function startEcho(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const port = await listen(
    createServer({ allowHalfOpen: true }, (socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
      socket.on('end', () => socket.end());
    }),
  );
  return { port, connections: () => connections };
}

const bounds: NetworkBounds = { atOnce: 4, connections: 10, bytes: 1000, idleMs: 5000, allAtOnce: 100 };

export interface Given extends Partial<NetworkBounds> {
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly resolver?: NameResolver;
  readonly operator?: readonly string[];
  readonly isFull?: boolean;
}

/** Opens the doors of a list on this machine instead of in a jail; returns the port of each. */
export async function open(allow: readonly string[], { names = {}, ...given }: Given = {}) {
  const grant = { allow: parseEntries(allow), operator: parseEntries(given.operator ?? allow) };
  const { doors } = planDoors(grant);
  const session = createSession(doors, {
    grant,
    bounds: { ...bounds, ...given },
    resolver: given.resolver ?? {
      resolve: (name) => Promise.resolve(names[name] ?? []),
      cancel: () => undefined,
    },
    turnstile: { enter: () => given.isFull !== true, leave: () => undefined },
  });
  opened.push(() => session.close());
  const ports = await Promise.all(doors.map((door) => place(session, door)));
  return { session, ports, port: ports[0] ?? 0 };
}

async function place(session: Session, door: Door): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await session.listen(door, server);
  return port;
}

export async function dial(port: number, allowHalfOpen = false): Promise<Socket> {
  const socket = openSocket({ port, host: '127.0.0.1', allowHalfOpen });
  opened.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

export async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Sends words and an end, and returns the answer. */
export async function say(port: number, words: string): Promise<string> {
  try {
    const socket = await dial(port, true);
    socket.end(words);
    return await text(socket);
  } catch {
    return 'reset';
  }
}

/** Sends a request, and returns what comes until the connection ends, or until it has what `last` says. */
export async function ask(port: number, request: string, last?: RegExp): Promise<string> {
  const socket = await dial(port);
  socket.write(request);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (last?.test(answer) === true) break;
  }
  return answer;
}

/** Sends back the bodies of requests, and keeps their heads. */
export async function startWeb() {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    if (request.url === '/away') response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    else request.pipe(response);
  });
  return { port: await listen(server), seen };
}
