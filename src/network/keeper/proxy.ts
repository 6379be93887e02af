import { createServer, request as openRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LookupFunction, Socket } from 'node:net';
import { parseDestination, writeEntry, type Destination } from '../../core/contract/network/entry.ts';
import type { NetworkRefusal } from '../../core/contract/network/report.ts';
import { Turned } from './connect.ts';
import type { Way } from './session.ts';

/*
 * A proxy of HTTP for one execution: CONNECT, and plain requests. Node's own server and client parse and write HTTP. A
 * library for proxies would make the connections itself, past the one place that judges addresses and counts.
 */

/** Requests of one connection that wait behind another: no usual client sends any. */
const MOST_BEHIND = 4;

/** Fields that are for one connection only (RFC 9110, 7.6.1), and those of proxies of old. */
const hopByHop = new Set([
  ...['connection', 'proxy-connection', 'keep-alive', 'te', 'trailer', 'upgrade'],
  ...['proxy-authorization', 'proxy-authenticate', 'host'],
]);

const answers: Readonly<Record<NetworkRefusal, readonly [status: number, sentence: string]>> = {
  malformed: [400, 'The proxy takes a host with its port (CONNECT), or an http:// URL.'],
  not_allowed: [
    403,
    'The script may not reach this host and port: "network" in its request does not allow it.',
  ],
  unresolved: [502, 'The name has no address.'],
  address_refused: [403, 'The name has an address that no script reaches.'],
  unreachable: [504, 'Nobody answered.'],
  bad_answer: [502, 'The answer of the host is no HTTP.'],
  too_many_at_once: [429, 'The script has too many connections at once.'],
  too_many: [429, 'The script has made too many connections.'],
  too_many_bytes: [403, 'The script has sent or received too much.'],
  idle: [504, 'Nothing went through for too long.'],
  service_full: [503, 'The service has too many connections.'],
};

/** Returns what serves the connections of scripts to the proxy. */
export function createProxy(way: Way, idleMs: number): (socket: Socket) => void {
  // A server that does not listen keeps no times but this one: a connection is ended when it is idle, or its script is.
  const server = createServer({ keepAliveTimeout: idleMs, noDelay: true });
  const served = new WeakSet<Socket>();
  const takeTurn = createTurns(way);
  server.on('request', (request, response) => {
    const done = new Promise<void>((resolve) => response.once('close', resolve));
    takeTurn(request.socket, done, () => answerRequest(way, served, request, response));
  });
  server.on('connect', (request, socket: Socket, head) => {
    const done = new Promise<void>((resolve) => socket.once('close', resolve));
    takeTurn(socket, done, () => answerConnect(way, request, socket, head));
  });
  server.on('upgrade', (_, socket) => void socket.destroy());
  server.on('clientError', (_, socket) => {
    way.refuse('proxy', new Turned('malformed'));
    refuseRaw(socket, 'malformed');
  });
  return (socket) => {
    socket.setTimeout(idleMs, () => socket.destroy());
    server.emit('connection', socket);
    socket.resume();
  };
}

/**
 * Lets the requests of a connection be served one after another. Node hands all of them out at once, and each would be a
 * connection to the world.
 */
function createTurns(way: Way) {
  const lines = new WeakMap<Socket, { last: Promise<void>; waiting: number }>();
  return (socket: Socket, done: Promise<void>, serve: () => Promise<void>): void => {
    const line = lines.get(socket) ?? { last: Promise.resolve(), waiting: 0 };
    lines.set(socket, line);
    if (line.waiting > MOST_BEHIND) {
      way.refuse('proxy', new Turned('malformed'));
      socket.destroy();
      return;
    }
    line.waiting += 1;
    const before = line.last;
    const take = async (): Promise<void> => {
      await before;
      if (!socket.destroyed) await serve();
      await done;
      line.waiting -= 1;
    };
    line.last = take();
  };
}

async function answerConnect(
  way: Way,
  { url = '' }: IncomingMessage,
  inside: Socket,
  head: Buffer,
): Promise<void> {
  inside.on('error', () => undefined);
  const target = parseDestination(url);
  try {
    if (typeof target === 'string') throw new Turned('malformed');
    const outside = await way.connect(target);
    if (inside.destroyed) {
      outside.destroy();
      return;
    }
    inside.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // Pieces that came with the head are the first ones of the tunnel.
    if (head.length > 0) inside.unshift(head);
    inside.setTimeout(0);
    way.splice(inside, outside, target);
  } catch (error) {
    const turned = error instanceof Turned ? error : new Turned('unreachable');
    way.refuse(typeof target === 'string' ? url : writeEntry(target), turned);
    refuseRaw(inside, turned.reason);
  }
}

function refuseRaw(socket: Duplex, reason: NetworkRefusal): void {
  if (!socket.writable) return void socket.destroy();
  // The script may leave its own end open, or what it sent unread: neither keeps its place.
  socket.once('finish', () => socket.destroy());
  socket.resume();
  const [status, sentence] = answers[reason];
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${sentence}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function answerRequest(
  way: Way,
  served: WeakSet<Socket>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '', socket } = request;
  const asked = readUrl(url);
  const name = asked === undefined ? url : writeEntry(asked.target);
  try {
    if (asked === undefined) throw new Turned('malformed');
    // The first request of a connection was counted with it.
    if (served.has(socket) && !way.again()) throw new Turned('too_many');
    served.add(socket);
    const outside = await way.connect(asked.target);
    forward(way, { outside, ...asked }, request, response);
  } catch (error) {
    const turned = error instanceof Turned ? error : new Turned('unreachable');
    way.refuse(name, turned);
    refuse(response, turned.reason);
  }
}

function refuse(response: ServerResponse, reason: NetworkRefusal): void {
  const [status, sentence] = answers[reason];
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, sentence, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${sentence}\n`);
}

interface Asked {
  readonly target: Destination;
  /** Field Host of the request: that of its URL, whatever the script wrote into the field (RFC 9112, 3.2.2). */
  readonly host: string;
  /** Path and query, as they go to the host. */
  readonly path: string;
}

function readUrl(text: string): Asked | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:') return undefined;
  const target = parseDestination(`${url.hostname}:${url.port === '' ? '80' : url.port}`);
  return typeof target === 'string'
    ? undefined
    : { target, host: url.host, path: `${url.pathname}${url.search}` };
}

/** Sends a request to its host on a connection of its own, and the answer back. */
function forward(
  way: Way,
  { outside, target, host, path }: Asked & { readonly outside: Socket },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const count = way.meter(outside, target);
  const headers = ['Host', host, ...keepHeaders(request.rawHeaders)];
  const onward = openRequest({
    ...{ method: request.method, path, headers: [...headers, 'Connection', 'close'], setHost: false },
    createConnection: () => outside,
    // No connection but the judged one: Node would look up a name of its own if it made another.
    ...{ host: 'judged.invalid', lookup: refuseLookup },
  });
  const giveUp = (error?: NodeJS.ErrnoException): void => {
    outside.destroy();
    if (response.headersSent || response.destroyed) return void response.destroy();
    const reason = isForeign(error) ? 'bad_answer' : 'unreachable';
    way.refuse(writeEntry(target), new Turned(reason));
    refuse(response, reason);
  };
  onward.on('error', giveUp);
  // Passes on nothing else of an answer that changes the protocol.
  onward.on('close', () => {
    if (!response.headersSent) giveUp();
  });
  // All that comes counts, also what the client of Node reads and keeps: heads, frames, answers before the answer.
  onward.on('socket', () =>
    outside.on('data', (chunk: Buffer) => {
      if (!count('received', chunk.length)) giveUp();
    }),
  );
  onward.on('response', (answer) => {
    try {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, keepHeaders(answer.rawHeaders));
    } catch (error) {
      // Node reads heads that it does not write: status 099, a control character.
      return giveUp(error as Error);
    }
    answer.on('data', (chunk: Buffer) => {
      if (!response.write(chunk)) answer.pause();
    });
    response.on('drain', () => answer.resume());
    answer.on('end', () => response.end());
    answer.on('error', giveUp);
  });
  response.on('close', () => outside.destroy());
  if (!count('sent', path.length + lengthOf(headers))) return giveUp();
  request.on('data', (chunk: Buffer) => {
    if (!count('sent', chunk.length)) return giveUp();
    if (!onward.write(chunk)) request.pause();
  });
  onward.on('drain', () => request.resume());
  request.on('end', () => onward.end());
  request.on('error', giveUp);
}

/** Whether a host sent what is no HTTP: the parser or the writer of Node says so. */
const isForeign = (error: NodeJS.ErrnoException | undefined): boolean =>
  error?.code !== undefined && /^(?:HPE|ERR)_/.test(error.code);

const refuseLookup: LookupFunction = (_, __, give) => give(new Error('a second connection'), '');

/** Returns the fields that go on, as pairs in one list. */
function keepHeaders(raw: readonly string[]): string[] {
  const named = new Set<string>();
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.toLowerCase() === 'connection')
      for (const name of (raw[at + 1] ?? '').split(',')) named.add(name.trim().toLowerCase());
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]];
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower) && !named.has(lower)) kept.push(name, value);
  }
  return kept;
}

const lengthOf = (raw: readonly string[]): number => raw.reduce((sum, text) => sum + text.length + 2, 0);
