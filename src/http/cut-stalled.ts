import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes connections whose client takes nothing of a pending answer for `timeout`: an unread answer is not kept
 * forever, and an execution whose events nobody reads ends. Does not affect clients that wait for an answer.
 *
 * @param timeout in milliseconds; a stalled client is cut off within one and a half times that.
 */
export function cutStalled(server: Server, timeout: number): void {
  const watched = new Map<Socket, { taken: number; since: number }>();
  server.on('connection', (socket: Socket) => {
    watched.set(socket, { taken: 0, since: 0 });
    socket.once('close', () => watched.delete(socket));
  });
  const check = (): void => {
    const now = performance.now();
    for (const [socket, last] of watched) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken !== last.taken) watched.set(socket, { taken, since: now });
      else if (now - last.since >= timeout) socket.destroy();
    }
  };
  const timer = setInterval(check, timeout / 2).unref();
  server.once('close', () => clearInterval(timer));
}
