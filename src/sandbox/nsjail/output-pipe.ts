import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';

/** The reading end of a pipe into which a script writes. */
export interface OutputPipe {
  /** Called with what comes; the chunk is used again once this returns. */
  onChunk: (chunk: Buffer) => void;
  /** Reads nothing until `resume`: a script that goes on writing has to wait once the pipe is full. */
  pause(): void;
  resume(): void;
  /** Resolves when what lies in the pipe has been read. Holds only while it is not paused. */
  catchUp(): Promise<void>;
  /** Resolves when its end has been read, or it broke. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * After a chunk that came as soon as this (milliseconds) after another one, the pipe is left alone for as long: a script
 * that writes byte by byte would have the event loop read byte by byte, at the cost of everybody else.
 */
const REST_MS = 1;

/** Where all pipes are read into, one after the other. */
const scratch = Buffer.allocUnsafe(64 * 1024);

/** Takes over a descriptor. */
export function openOutputPipe(fd: number): OutputPipe {
  let last = -Infinity;
  let isHeld = false;
  let rest: NodeJS.Timeout | undefined;

  const wake = (): void => {
    clearTimeout(rest);
    rest = undefined;
    if (!isHeld) socket.resume();
  };

  /** Whether to read on at once. */
  const onRead = (bytes: number): boolean => {
    const now = performance.now();
    const isBusy = now - last < REST_MS;
    last = now;
    pipe.onChunk(scratch.subarray(0, bytes));
    if (isBusy && bytes < scratch.length) rest ??= setTimeout(wake, REST_MS);
    return !isHeld && rest === undefined;
  };

  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: { buffer: scratch, callback: onRead },
  });
  socket.on('error', () => undefined);

  const pipe: OutputPipe = {
    onChunk: () => undefined,
    pause: () => {
      isHeld = true;
      socket.pause();
    },
    resume: () => {
      isHeld = false;
      if (rest === undefined) socket.resume();
    },
    catchUp: async () => {
      if (rest !== undefined) {
        wake();
        // Reading begins with the event loop's next round.
        await nextRound();
      }
      await nextRound();
    },
    ended: waitForEnd(socket),
  };
  return pipe;
}

const nextRound = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

async function waitForEnd(socket: Socket): Promise<void> {
  await finished(socket).catch(() => undefined);
}
