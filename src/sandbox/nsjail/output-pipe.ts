import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';

/** Reading end of a pipe that a script writes to. */
export interface OutputPipe {
  /** Receives data; the chunk is reused after this returns. */
  onChunk: (chunk: Buffer) => void;
  /** Stops reading until `resume`: a script that goes on writing has to wait once the pipe is full. */
  pause(): void;
  resume(): void;
  /** Resolves when the present content of the pipe has been read. Requires that the pipe is not paused. */
  catchUp(): Promise<void>;
  /** Resolves when its end has been read, or it broke. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Milliseconds. A chunk that follows another within this time pauses the pipe for as long: a script that writes byte
 * by byte would otherwise make the event loop read byte by byte, at everybody's expense.
 */
const REST_MS = 1;

/** Buffer into which all pipes are read, one after the other. */
const scratch = Buffer.allocUnsafe(64 * 1024);

/** Takes over a file descriptor. */
export function openOutputPipe(fd: number): OutputPipe {
  let last = -Infinity;
  let isHeld = false;
  let rest: NodeJS.Timeout | undefined;

  const wake = (): void => {
    clearTimeout(rest);
    rest = undefined;
    if (!isHeld) socket.resume();
  };

  /** Returns whether to read on at once. */
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
        // Reading begins in the event loop's next round.
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
