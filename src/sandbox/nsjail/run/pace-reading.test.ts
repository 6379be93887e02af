import { PassThrough } from 'node:stream';
import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { paceReading } from './pace-reading.ts';

it('reads all, and what comes byte by byte in pieces of many', async () => {
  const stream = new PassThrough();
  const pauses: number[] = [];
  const pause = stream.pause.bind(stream);
  let bytes = 0;
  stream.pause = () => {
    pauses.push(bytes);
    return pause();
  };
  const ended = new Promise((resolve) => stream.on('end', resolve));
  paceReading(stream, (chunk) => (bytes += chunk.length));
  for (let count = 0; count < 100; count += 1) stream.write('a');
  await nextRound();
  expect(stream.isPaused()).toBe(true);
  stream.end('b');
  await ended;
  expect(bytes).toBe(101);
  expect(pauses.length).toBeGreaterThan(0);
});

it('does not rest after large pieces', async () => {
  const stream = new PassThrough();
  let bytes = 0;
  paceReading(stream, (chunk) => (bytes += chunk.length));
  stream.write(Buffer.alloc(10_000));
  stream.write(Buffer.alloc(10_000));
  await nextRound();
  expect([bytes, stream.isPaused()]).toEqual([20_000, false]);
});
