import type { Readable } from 'node:stream';

/**
 * Milliseconds. A small chunk that follows another within this time pauses the stream for as long: a writer of single
 * bytes would otherwise make the event loop read single bytes, at everybody's expense.
 */
const REST_MS = 1;
/** Size in bytes at which a chunk is worth a round of the event loop. */
const WORTH_BYTES = 4096;

export interface Pace {
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
}

/** Reads a pipe that hostile code writes to, and pauses between small pieces. */
export function paceReading(stream: Readable, onChunk: (chunk: Buffer) => void): Pace {
  let isHeld = false;
  let last = -Infinity;
  stream.on('data', (chunk: Buffer) => {
    const now = performance.now();
    const isBusy = now - last < REST_MS;
    last = now;
    if (isBusy && chunk.length < WORTH_BYTES) {
      stream.pause();
      setTimeout(() => {
        if (!isHeld) stream.resume();
      }, REST_MS);
    }
    onChunk(chunk);
  });
  return {
    pause: () => {
      isHeld = true;
      stream.pause();
    },
    resume: () => {
      isHeld = false;
      stream.resume();
    },
  };
}
