import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Maximum number of requests that wait behind the current one, without their bodies; beyond it the connection closes.
 */
const MOST_WAITING = 8;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

interface Line {
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
  const lines = new WeakMap<Socket, Line>();

  const start = (line: Line, request: IncomingMessage, response: ServerResponse): void => {
    line.isBusy = true;
    response.once('close', () => {
      line.isBusy = false;
      const next = line.waiting.shift();
      if (next === undefined) return;
      if (request.socket.destroyed) line.waiting.length = 0;
      else setImmediate(start, line, ...next);
      line.isBusy = true;
    });
    handle(request, response);
  };

  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? { isBusy: false, isFull: false, waiting: [] };
    lines.set(socket, line);
    if (!line.isBusy) {
      start(line, request, response);
      return;
    }
    if (line.isFull) return;
    line.waiting.push([request, response]);
    if (line.waiting.length < MOST_WAITING) return;
    line.isFull = true;
    response.setHeader('Connection', 'close');
  };
}
