import type { Socket } from 'node:net';

/**
 * Passes bytes between two sockets, as fast as the slower one takes them. Ends of one side are passed on; a side that
 * breaks breaks the other.
 * @param mayPass asked with each piece; false ends both sides.
 */
export function splice(one: Socket, other: Socket, mayPass: (bytes: number, from: Socket) => boolean): void {
  const destroy = (): void => {
    one.destroy();
    other.destroy();
  };
  pass(one, other, mayPass, destroy);
  pass(other, one, mayPass, destroy);
}

function pass(
  from: Socket,
  to: Socket,
  mayPass: (bytes: number, from: Socket) => boolean,
  destroy: () => void,
): void {
  from.on('data', (chunk: Buffer) => {
    if (!mayPass(chunk.length, from)) return destroy();
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => {
    // The other side learns that this was no orderly end.
    to.resetAndDestroy();
    from.destroy();
  });
  from.on('close', () => {
    if (!from.readableEnded) to.destroy();
  });
  from.resume();
}
