import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { boundConnections, type ConnectionBounds } from './bound-connections.ts';
import { answerMalformed, answerUnhandled, writeRaw, type RawAnswer } from './answer-malformed.ts';
import { cutStalled } from './cut-stalled.ts';
import { isClearHead } from './is-clear-head.ts';
import { takeTurns } from './take-turns.ts';
import { trackConnections } from './track-connections.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Milliseconds that a client gets for its headers; at most `requestTimeout` counts. */
  readonly headersTimeout?: number;
  /** Milliseconds that a client gets for its whole request. Says nothing of how long the answer may take. */
  readonly requestTimeout?: number;
  /** Milliseconds that a client may take nothing of an answer that waits for it. */
  readonly sendTimeout?: number;
  /** How many connections there may be; any number where it is undefined. */
  readonly bounds?: ConnectionBounds | undefined;
  /** Told of what goes wrong outside any request: a connection that could not be accepted, an adapter's fault. */
  readonly onError?: (error: unknown) => void;
}

export interface Listening {
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  /**
   * Accepts nothing more, lets answers finish, and closes connections that only wait. Resolves when all are gone;
   * how long the answers may take is the executor's to bound. Calling it again gives the same promise.
   */
  close(): Promise<void>;
}

interface Fetches {
  fetch(request: Request, env?: object): Response | Promise<Response>;
}

const HEADERS_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 60_000;
/** As nginx has it, and others: between two reads, not for the whole answer. */
const SEND_TIMEOUT = 60_000;
/** Above the minute that proxies keep an idle connection: the side that reuses it must be the one to close it. */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** Closing at once would throw away an answer that the client has not read, if it still sends. */
const LINGER = 500;

/**
 * Serves an app over HTTP/1.1.
 * @throws the server's own error where it cannot listen (EADDRINUSE, EACCES, ENOTFOUND, …).
 */
export async function listen(app: Fetches, options: ListenOptions): Promise<Listening> {
  const { host, port, requestTimeout = REQUEST_TIMEOUT, onError = () => {} } = options;
  const server = createServer({
    requestTimeout,
    headersTimeout: Math.min(options.headersTimeout ?? HEADERS_TIMEOUT, requestTimeout),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    connectionsCheckingInterval: Math.min(Math.max(requestTimeout / 4, 50), 5000),
    // Node's own answer to a missing Host has no body; see below.
    requireHostHeader: false,
  });
  // Nothing of a head is passed over: its size is what bounds it.
  server.maxHeadersCount = 0;
  const isRefused = options.bounds === undefined ? () => false : boundConnections(server, options.bounds);
  const handle = takeTurns(createListener(app, onError));
  server.on('request', (request, response) => {
    if (!isRefused(request.socket)) handle(request, response);
  });
  answerClientErrors(server);
  refuseOtherUses(server);
  cutStalled(server, options.sendTimeout ?? SEND_TIMEOUT);
  const drain = trackConnections(server);
  await startListening(server, host, port);
  server.on('error', tellSometimes(onError));
  let closed: Promise<void> | undefined;
  return { address: describeAddress(server, host), close: () => (closed ??= drain()) };
}

function createListener(app: Fetches, onError: (error: unknown) => void) {
  const handle = getRequestListener((request, env) => app.fetch(request, env), {
    // HTTP/1.0 has no Host, and health checks still speak it.
    hostname: 'localhost',
    errorHandler: (error) => {
      if (error instanceof RequestError) return toResponse(answerMalformed(undefined));
      onError(error);
      return toResponse(answerUnhandled());
    },
  });
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (!isClearHead(request)) {
      const { status, headers, body } = answerMalformed(undefined);
      response.writeHead(status, headers).end(body);
      return;
    }
    handle(request, response).catch(onError);
  };
}

const toResponse = ({ status, headers, body }: RawAnswer): Response =>
  new Response(body, { status, headers });

/** Tunnels (CONNECT), and expectations that nobody meets, get an answer like every other error. */
function refuseOtherUses(server: Server): void {
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', () => undefined);
    socket.end(writeRaw(answerMalformed(undefined)));
    setTimeout(() => socket.destroy(), LINGER).unref();
  });
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const { status, headers, body } = answerMalformed(undefined);
    response.writeHead(status, headers).end(body);
  });
}

/** Bytes that are no HTTP, and requests that do not arrive in time, get a JSON body like every other error. */
function answerClientErrors(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => answering.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What a refused client goes on to send fails to parse as well.
    if (refused.has(socket)) return;
    refused.add(socket);
    const response = answering.get(socket);
    const midAnswer = response !== undefined && response.headersSent && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || midAnswer) {
      socket.destroy();
      return;
    }
    socket.end(writeRaw(answerMalformed(error.code)));
    setTimeout(() => socket.destroy(), LINGER).unref();
  });
}

function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Milliseconds between two errors of the same kind that are told: a lack of descriptors would be told without end. */
const PAUSE = 1000;

/** Tells of the first of many errors that have the same code. */
function tellSometimes(onError: (error: unknown) => void): (error: NodeJS.ErrnoException) => void {
  const told = new Map<string, number>();
  return (error) => {
    const [code, now] = [error.code ?? '', performance.now()];
    if (now - (told.get(code) ?? -PAUSE) < PAUSE) return;
    told.set(code, now);
    onError(error);
  };
}

function describeAddress(server: Server, host: string): Listening['address'] {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server is not bound to a port');
  const shown = host.includes(':') ? `[${host}]` : host;
  return { host, port: bound.port, url: `http://${shown}:${bound.port}` };
}
