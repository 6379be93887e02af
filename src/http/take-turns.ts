import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Maximum number of requests that wait behind the current one, without their bodies; beyond it the connection closes.
 */
const MOST_WAITING = 8;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

interface Connection {
  isBusy: boolean;
  /** True when the queue is full: further requests are not answered. */
  isFull: boolean;
  readonly waiting: (readonly [IncomingMessage, ServerResponse])[];
}

/**
 * Handles the requests of one connection one by one, in the order of their answers. Otherwise a client that does not
 * wait for answers (pipelining) would have any number of requests at once, bodies included. An unread body stays with
 * the client, except for the kernel's and Node's buffers.
 */
export function takeTurns(handle: Handle): Handle {
  const connections = new WeakMap<Socket, Connection>();

  const start = (connection: Connection, request: IncomingMessage, response: ServerResponse): void => {
    connection.isBusy = true;
    response.once('close', () => {
      connection.isBusy = false;
      const next = connection.waiting.shift();
      if (next === undefined) return;
      if (request.socket.destroyed) connection.waiting.length = 0;
      else setImmediate(start, connection, ...next);
      connection.isBusy = true;
    });
    handle(request, response);
  };

  return (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket) ?? { isBusy: false, isFull: false, waiting: [] };
    connections.set(socket, connection);
    if (!connection.isBusy) {
      start(connection, request, response);
      return;
    }
    if (connection.isFull) return;
    connection.waiting.push([request, response]);
    if (connection.waiting.length < MOST_WAITING) return;
    connection.isFull = true;
    response.setHeader('Connection', 'close');
  };
}
