import { setImmediate as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import type { Outcome } from '../core/contract/outcome.ts';
import { serializeOutcome, serializePieces } from '../core/serialize-outcome.ts';
import type { AppEnv } from './app-env.ts';
import { jsonType } from './headers.ts';

/** Maximum UTF-16 units of a script's own text in an answer written in one go, in a millisecond at most. */
const AT_ONCE = 128 * 1024;
/** Maximum bytes of an answer that is joined and sent at once; copying so much takes well below a millisecond. */
const IN_ONE_WRITE = 4 * 1024 * 1024;

/** Answers 200 with an outcome, whatever the script did. */
export async function respondOutcome(c: Context<AppEnv>, outcome: Outcome): Promise<Response> {
  const result = outcome.success ? outcome.result.length : 0;
  const files = outcome.files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (result + outcome.stdout.length + outcome.stderr.length + files <= AT_ONCE) {
    return c.body(serializeOutcome(outcome), 200, { 'Content-Type': jsonType });
  }
  const pieces = serializePieces(outcome);
  // Encodes files while they are sent: their text besides their bytes would be more than twice the memory.
  if (files > 0) return c.body(stream(encode(pieces)), 200, { 'Content-Type': jsonType });
  return respondPieces(c, pieces);
}

/** Answers 200 with JSON written in pieces, between which other requests have their turn. */
export async function respondPieces(
  c: Context<AppEnv>,
  pieces: Iterable<string>,
  status: 200 | 202 = 200,
): Promise<Response> {
  const { chunks, bytes } = await gather(encode(pieces));
  if (bytes <= IN_ONE_WRITE) return c.body(Buffer.concat(chunks), status, { 'Content-Type': jsonType });
  return c.body(stream(chunks.values()), status, {
    'Content-Type': jsonType,
    'Content-Length': String(bytes),
  });
}

function* encode(pieces: Iterable<string>): Generator<Uint8Array, undefined> {
  const encoder = new TextEncoder();
  for (const piece of pieces) yield encoder.encode(piece);
}

/**
 * Writes everything before the first byte is sent, since its length comes first; other requests have their turn in
 * between.
 */
async function gather(pieces: Iterable<Uint8Array>): Promise<{ chunks: Uint8Array[]; bytes: number }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (const chunk of pieces) {
    chunks.push(chunk);
    bytes += chunk.length;
    await pause();
  }
  return { chunks, bytes };
}

function stream(rest: Iterator<Uint8Array, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await pause();
      const { done, value } = rest.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}
