import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that wait behind the one that is answered, without their bodies; after these a connection is closed. */
const MOST_WAITING = 8;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

interface Line {
  isBusy: boolean;
  /** Takes no more: what comes behind the last that waits is not answered. */
  isFull: boolean;
  readonly waiting: (readonly [IncomingMessage, ServerResponse])[];
}

/**
 * Handles the requests of one connection one after the other, as their answers have to be sent. Without it a client that does
 * not wait for answers (pipelining) has as many requests at once as it sends, with their bodies. A body that
 * nobody reads yet stays with the client, except for what fits into the kernel's buffers and Node's.
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
