import type { Readable } from 'node:stream';

/**
 * After a small chunk that came as soon as this (milliseconds) after another one, the stream is left alone for as long: who
 * writes byte by byte would have the event loop read byte by byte, at the cost of everybody else.
 */
const REST_MS = 1;
/** A chunk of so many bytes is worth a round of the event loop. */
const WORTH_BYTES = 4096;

/** Reads a pipe that hostile code writes to, with its own pauses between pieces that are small. */
export function paceReading(stream: Readable, onChunk: (chunk: Buffer) => void): void {
  let last = -Infinity;
  stream.on('data', (chunk: Buffer) => {
    const now = performance.now();
    const isBusy = now - last < REST_MS;
    last = now;
    if (isBusy && chunk.length < WORTH_BYTES) {
      stream.pause();
      setTimeout(() => stream.resume(), REST_MS);
    }
    onChunk(chunk);
  });
}
