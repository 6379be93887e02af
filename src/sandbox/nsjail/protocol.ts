import { once } from 'node:events';
import { setImmediate as pause } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import type { PassedText } from '../../core/request.ts';
import type { Job } from '../sandbox.ts';

/*
 * Frames between the service and harness/harness.py: one tag byte, four bytes of length (big endian), the payload.
 * The harness's docstring lists the tags.
 */

const HEADER_BYTES = 5;

/** Bytes that are gathered into one write; a longer payload is written as it is, without a copy. */
const PIECE_BYTES = 64 * 1024;

/** Parts that are gathered into one write: some milliseconds of work, where each is an argument of no length. */
const PIECE_PARTS = 2000;

/** Writes a whole request and ends the stream, no faster than it is read. `resultBytes` is the cap of the result's JSON text. */
export async function sendJob(stream: Writable, job: Job, resultBytes: number): Promise<void> {
  const ended = new AbortController();
  const onClose = (): void => ended.abort();
  stream.once('close', onClose);
  try {
    let first: Uint8Array | undefined;
    for (const piece of encodeJob(job, resultBytes)) {
      first ??= piece;
      if (stream.destroyed) return;
      if (!stream.write(piece)) await once(stream, 'drain', { signal: ended.signal });
      // A reader that keeps up drains the stream at once: the event loop gets its turn all the same.
      if (piece !== first) await pause();
    }
    stream.end();
  } catch {
    // The jail ended before it had read its request; what happened is told by the other streams.
    stream.destroy();
  } finally {
    stream.off('close', onClose);
  }
}

/** The whole request in pieces: small frames together, so that most requests are one write. */
export function* encodeJob(job: Job, resultBytes: number): Generator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for (const part of encodeParts(job, resultBytes)) {
    gathered.push(part);
    bytes += part.length;
    if (bytes < PIECE_BYTES && gathered.length < PIECE_PARTS) continue;
    // The last part is what made it long: the others are few bytes, or some hundred arguments of a few bytes each.
    const isLong = part.length >= PIECE_BYTES;
    yield Buffer.concat(isLong ? gathered.slice(0, -1) : gathered);
    if (isLong) yield part;
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(gathered);
}

function* encodeParts(job: Job, resultBytes: number): Generator<Uint8Array> {
  yield* encodeFrame('m', job.mode);
  yield* encodeFrame('f', job.function);
  yield* encodeFrame('s', job.script);
  if (job.mode === 'function') {
    yield* encodeFrame('a', job.argsJson);
    yield* encodeFrame('k', job.kwargsJson);
  } else {
    for (const argument of readStrings(toBytes(job.argsJson))) yield* encodeFrame('v', argument);
  }
  for (const [name, value] of Object.entries(job.env)) yield* encodeFrame('e', `${name}=${value}`);
  yield* encodeFrame('i', job.stdin);
  if (job.preflight !== undefined) yield* encodeFrame('l', String(job.preflight.memoryBytes));
  yield* encodeFrame('c', String(resultBytes));
  yield* encodeFrame('g', '');
}

function encodeFrame(tag: string, payload: PassedText): Uint8Array[] {
  const body = toBytes(payload);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(tag, 0, 'latin1');
  header.writeUInt32BE(body.length, 1);
  return [header, body];
}

const toBytes = (text: PassedText): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length);

/** The strings of a JSON array that holds nothing else, one at a time: there can be millions. */
function* readStrings(json: Buffer): Generator<string> {
  for (let start = json.indexOf(QUOTE); start !== -1;) {
    let end = start + 1;
    while (end < json.length && json[end] !== QUOTE) end += json[end] === BACKSLASH ? 2 : 1;
    yield JSON.parse(json.toString('utf8', start, end + 1)) as string;
    start = json.indexOf(QUOTE, end + 1);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** What the harness may send. */
export type HarnessFrame = { tag: 'ready' | 'result' | 'error'; payload: Buffer };

const tags: Readonly<Record<string, HarnessFrame['tag']>> = { y: 'ready', r: 'result', e: 'error' };

/** Payloads beyond these are refused from their header on, before they are kept. */
const MAX_READY_BYTES = 64;
/** JSON of an error report: traceback, message and candidate names, each bounded by the harness, escaped sixfold at worst. */
const MAX_ERROR_BYTES = 1024 * 1024;

export interface FrameHandlers {
  onFrame(frame: HarnessFrame): void;
  /** Something else than a frame; nothing is read any more. */
  onBreach(detail: string): void;
  /** A result whose header announces more than its cap. */
  onOversizedResult(bytes: number): void;
}

/**
 * Reads frames from a channel that hostile code can write to: nothing is kept beyond the caps, unknown tags and
 * lengths end the reading. Feed it with `push`.
 */
export function createFrameReader(
  resultBytes: number,
  handlers: FrameHandlers,
): { push(chunk: Buffer): void } {
  const caps = { ready: MAX_READY_BYTES, result: resultBytes, error: MAX_ERROR_BYTES } as const;
  let chunks: Buffer[] = [];
  let held = 0;
  let header: { tag: HarnessFrame['tag']; length: number } | undefined;
  const state = { broken: false };

  const stop = (report: () => void): void => {
    state.broken = true;
    chunks = [];
    report();
  };

  const readHeader = (bytes: Buffer): void => {
    const letter = String.fromCodePoint(bytes.readUInt8(0));
    const tag = tags[letter];
    const length = bytes.readUInt32BE(1);
    if (tag === undefined) return stop(() => handlers.onBreach('an unknown frame'));
    if (length <= caps[tag]) {
      header = { tag, length };
      return;
    }
    stop(() =>
      tag === 'result' ? handlers.onOversizedResult(length) : handlers.onBreach('an oversized frame'),
    );
  };

  const take = (length: number): Buffer => {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    chunks = [all.subarray(length)];
    held -= length;
    return all.subarray(0, length);
  };

  return {
    push: (chunk) => {
      if (state.broken) return;
      chunks.push(chunk);
      held += chunk.length;
      while (!state.broken) {
        if (header === undefined) {
          if (held < HEADER_BYTES) return;
          readHeader(take(HEADER_BYTES));
        } else {
          if (held < header.length) return;
          const { tag, length } = header;
          header = undefined;
          handlers.onFrame({ tag, payload: take(length) });
        }
      }
    },
  };
}
