import { setImmediate as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import type { Outcome } from '../core/outcome.ts';
import { serializeOutcome, serializePieces } from '../core/serialize-outcome.ts';
import type { AppEnv } from './app-env.ts';
import { jsonType } from './headers.ts';

/** UTF-16 units of a script's own text up to which an answer is written in one go, in a millisecond at most. */
const AT_ONCE = 128 * 1024;

/** Answers with what became of an execution: 200, whatever the script did. */
export async function respondOutcome(c: Context<AppEnv>, outcome: Outcome): Promise<Response> {
  const result = outcome.success ? outcome.result.length : 0;
  if (result + outcome.stdout.length + outcome.stderr.length <= AT_ONCE) {
    return c.body(serializeOutcome(outcome), 200, { 'Content-Type': jsonType });
  }
  const { chunks, bytes } = await encode(outcome);
  return c.body(stream(chunks), 200, { 'Content-Type': jsonType, 'Content-Length': String(bytes) });
}

/** Written before the first byte is sent, since its length goes first; other requests have their turn in between. */
async function encode(outcome: Outcome): Promise<{ chunks: Uint8Array[]; bytes: number }> {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of serializePieces(outcome)) {
    const chunk = encoder.encode(piece);
    chunks.push(chunk);
    bytes += chunk.length;
    await pause();
  }
  return { chunks, bytes };
}

function stream(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = chunks.values();
  return new ReadableStream({
    async pull(controller) {
      await pause();
      const { done, value } = rest.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}
