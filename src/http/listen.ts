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
  /** Port; 0 takes a free one. */
  readonly port: number;
  /** Milliseconds for a client to send its headers; never more than `requestTimeout`. */
  readonly headersTimeout?: number;
  /** Milliseconds for a client to send its whole request; does not bound the answer. */
  readonly requestTimeout?: number;
  /** Milliseconds for which a client may take nothing of a pending answer. */
  readonly sendTimeout?: number;
  /** Bounds of connections; undefined for any number. */
  readonly bounds?: ConnectionBounds | undefined;
  /** Called with errors outside any request: a connection that could not be accepted, a fault of the adapter. */
  readonly onError?: (error: unknown) => void;
}

export interface Listening {
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  /**
   * Accepts no more connections, lets answers finish, and closes idle connections. Resolves when all are gone; the
   * executor bounds how long answers take. A second call returns the same promise.
   */
  close(): Promise<void>;
}

interface Fetches {
  fetch(request: Request, env?: object): Response | Promise<Response>;
}

const HEADERS_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 60_000;
/** Bounds the time between two reads, not the whole answer, like nginx and others. */
const SEND_TIMEOUT = 60_000;
/**
 * Longer than the minute for which proxies keep an idle connection: the side that reuses a connection must be the one
 * that closes it.
 */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** Milliseconds before closing: at once would lose an answer that the client has not read, if it still sends. */
const LINGER = 500;

/**
 * Serves an app over HTTP/1.1.
 * @throws the server's error when it cannot listen (EADDRINUSE, EACCES, ENOTFOUND, …).
 */
export async function listen(app: Fetches, options: ListenOptions): Promise<Listening> {
  const { host, port, requestTimeout = REQUEST_TIMEOUT, onError = () => {} } = options;
  const server = createServer({
    requestTimeout,
    headersTimeout: Math.min(options.headersTimeout ?? HEADERS_TIMEOUT, requestTimeout),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    connectionsCheckingInterval: Math.min(Math.max(requestTimeout / 4, 50), 5000),
    // Node's own answer to a missing Host has no body; handled below.
    requireHostHeader: false,
  });
  // Reads every header; the size of the head bounds them.
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
    // HTTP/1.0 has no Host, and health checks still use it.
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

/** Answers tunnels (CONNECT) and unsupported expectations with an error body. */
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

/** Answers bytes that are no HTTP, and requests that do not arrive in time, with a JSON body. */
function answerClientErrors(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => answering.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Further bytes of a refused client fail to parse as well.
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

/** Milliseconds between two reports of the same error: a lack of file descriptors would be reported without end. */
const PAUSE = 1000;

/** Reports the first of many errors with the same code. */
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
