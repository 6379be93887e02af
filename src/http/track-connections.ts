import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/**
 * Tracks the pending answers of each connection, so that the server can be drained. Returns the function that drains
 * it, to be called once, which resolves when no connection is left.
 */
export function trackConnections(server: Server): () => Promise<void> {
  const owed = new Map<Socket, Set<ServerResponse>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    owed.set(socket, new Set());
    socket.once('close', () => owed.delete(socket));
  });
  // Before the app's own listener, which may answer at once.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const answers = owed.get(socket);
    answers?.add(response);
    if (draining) response.setHeader('Connection', 'close');
    response.once('close', () => {
      answers?.delete(response);
      if (draining && answers?.size === 0) socket.destroySoon();
    });
  });

  return async () => {
    draining = true;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    // The close of an http server also destroys connections whose answer is written but not yet sent, and stops the
    // checks for slow clients. The inherited method only stops listening.
    NetServer.prototype.close.call(server, () => resolve());
    for (const [socket, answers] of owed) {
      if (answers.size === 0) socket.destroySoon();
      for (const response of answers) if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    await gone;
    // Only the timer that checks for slow clients is left to stop.
    server.close(() => {});
  };
}
