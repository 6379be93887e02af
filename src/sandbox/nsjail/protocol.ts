import { once } from 'node:events';
import { setImmediate as pause } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import type { AllowedRoot } from '../../core/allowed-root.ts';
import type { InputFile, PassedText } from '../../core/request.ts';
import { parseGlob } from '../../core/files/globs.ts';
import { pathCaps } from '../../core/files/paths.ts';
import { MAX_OMITTED } from '../../core/files/returned-files.ts';
import type { Job, Program } from '../sandbox.ts';

/*
 * Frames between the service and the harness: one tag byte, four bytes of length (big endian), the payload.
 * harness/jail/protocol.py lists the tags.
 */

const HEADER_BYTES = 5;

/** Bytes that are gathered into one write; a longer payload is written as it is, without a copy. */
const PIECE_BYTES = 64 * 1024;

/** Parts that are gathered into one write: some milliseconds of work, where each is an argument of no length. */
const PIECE_PARTS = 2000;

/** The most that a jail may send back. */
export interface ReturnCaps {
  /** Of a result's JSON text. */
  readonly resultBytes: number;
  /** Of all files that are returned together. */
  readonly filesBytes: number;
  readonly files: number;
}

/** Writes a whole request and ends the stream, no faster than it is read. */
export async function sendJob(stream: Writable, job: Job, caps: ReturnCaps): Promise<void> {
  const ended = new AbortController();
  const onClose = (): void => ended.abort();
  stream.once('close', onClose);
  try {
    let first: Uint8Array | undefined;
    for (const piece of encodeJob(job, caps)) {
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
export function* encodeJob(job: Job, caps: ReturnCaps): Generator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for (const part of encodeParts(job, caps)) {
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

function* encodeParts(job: Job, caps: ReturnCaps): Generator<Uint8Array> {
  const { entry } = job;
  if (job.program !== undefined) yield* encodeProgram(job.program);
  else if (entry.kind === 'script' && entry.file !== undefined) yield* encodeFrame('n', entry.file);
  yield* encodeFrame('m', entry.kind);
  yield* encodeFrame('f', entry.kind === 'function' ? entry.name : '');
  yield* encodeFrame('s', job.script);
  if (entry.kind === 'function') {
    yield* encodeFrame('a', entry.argsJson);
    yield* encodeFrame('k', entry.kwargsJson);
  } else {
    for (const argument of readStrings(toBytes(entry.argsJson))) yield* encodeFrame('v', argument);
  }
  for (const [name, value] of Object.entries(job.env)) yield* encodeFrame('e', `${name}=${value}`);
  yield* encodeFrame('i', job.stdin);
  if (job.preflight !== undefined) yield* encodeFrame('l', String(job.preflight.memoryBytes));
  yield* encodeFrame('c', String(caps.resultBytes));
  if (job.resultEncoding === 'lenient') yield* encodeFrame('j', '');
  if (job.root !== undefined) yield* encodeFrame('w', encodeRoot(job.root));
  for (const file of job.files) yield* encodeFile(file);
  if (job.returnFiles.length > 0 || job.figures !== undefined) {
    yield* encodeFrame('o', encodeOrder(job.returnFiles, job.figures?.memoryBytes, caps));
  }
  yield* encodeFrame('g', '');
}

/** Bytes of a file in one frame: the harness holds no more of it. */
const FILE_PIECE_BYTES = 256 * 1024;

function* encodeFile({ path, bytes }: InputFile): Generator<Uint8Array> {
  yield* encodeFrame('p', path);
  for (let start = 0; start < bytes.length; start += FILE_PIECE_BYTES) {
    yield* encodeFrame('d', bytes.subarray(start, start + FILE_PIECE_BYTES));
  }
}

const encodeRoot = ({ path, workDir, isConfined }: AllowedRoot): string =>
  JSON.stringify({ path, work_dir: workDir, confined: isConfined });

/** What the harness is to look for, and how much of it to send. */
function encodeOrder(
  patterns: readonly string[],
  memory: number | undefined,
  { files, filesBytes }: ReturnCaps,
): string {
  return JSON.stringify({
    globs: patterns.map(parseGlob),
    files,
    bytes: filesBytes,
    omitted: MAX_OMITTED,
    path_bytes: pathCaps.bytes,
    path_depth: pathCaps.depth,
    memory,
  });
}

function* encodeProgram({ command, scriptPath, env, product }: Program): Generator<Uint8Array> {
  for (const word of command) yield* encodeFrame('x', word);
  if (scriptPath !== undefined) yield* encodeFrame('n', scriptPath);
  if (product !== undefined) yield* encodeFrame('t', product.path);
  // Before those of the job: the last one of a name counts.
  for (const [name, value] of Object.entries(env)) yield* encodeFrame('e', `${name}=${value}`);
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
export type HarnessFrame = { tag: ReportTag | FileTag; payload: Buffer };
type ReportTag = 'ready' | 'result' | 'error' | 'product' | 'figures';
/** A file's size and path, or a figure's, its bytes, and the end of all files. */
export type FileTag = 'file' | 'figure' | 'data' | 'files_end';

const tags: Readonly<Record<string, HarnessFrame['tag']>> = {
  y: 'ready',
  r: 'result',
  e: 'error',
  f: 'figures',
  n: 'file',
  p: 'figure',
  d: 'data',
  o: 'files_end',
  b: 'product',
};

/** Payloads beyond these are refused from their header on, before they are kept. */
const MAX_READY_BYTES = 64;
/** JSON of an error report: traceback, message and candidate names, each bounded by the harness, escaped sixfold at worst. */
const MAX_ERROR_BYTES = 1024 * 1024;
/** Eight bytes of size, and a path. */
const MAX_FILE_BYTES = 8 + pathCaps.bytes;
/** Of a file; every frame but its last has as many. */
export const MAX_DATA_BYTES = 64 * 1024;
/** JSON of as many paths as are listed, escaped sixfold at worst. */
const MAX_SUMMARY_BYTES = MAX_OMITTED * 8 * pathCaps.bytes;

export interface FrameHandlers {
  /** Most bytes of a program's product, asked for when its header has come; undefined where none is expected. */
  productBytes?(): number | undefined;
  onFrame(frame: HarnessFrame): void;
  /** Something else than a frame; nothing is read any more. */
  onBreach(detail: string): void;
  /** A result, or a product, whose header announces more than its cap. */
  onOversizedResult(bytes: number): void;
}

/**
 * Reads frames from a channel that hostile code can write to: nothing is kept beyond the caps, unknown tags and
 * lengths end the reading. Feed it with `push`, which keeps no chunk: however small the pieces of a frame are, what is
 * there of it lies in one buffer.
 */
export function createFrameReader(
  resultBytes: number,
  handlers: FrameHandlers,
): { push(chunk: Buffer): void } {
  const caps = {
    ready: MAX_READY_BYTES,
    result: resultBytes,
    error: MAX_ERROR_BYTES,
    figures: 0,
    file: MAX_FILE_BYTES,
    figure: MAX_FILE_BYTES,
    data: MAX_DATA_BYTES,
    files_end: MAX_SUMMARY_BYTES,
  } as const;
  const capOf = (tag: HarnessFrame['tag']): number | undefined =>
    tag === 'product' ? handlers.productBytes?.() : caps[tag];
  /** Its first `held` bytes are what is read and no frame yet. */
  let kept: Buffer = Buffer.alloc(0);
  let held = 0;
  let header: { tag: HarnessFrame['tag']; length: number } | undefined;
  const state = { broken: false };

  const stop = (report: () => void): void => {
    state.broken = true;
    kept = Buffer.alloc(0);
    held = 0;
    report();
  };

  const readHeader = (bytes: Buffer): void => {
    const letter = String.fromCodePoint(bytes.readUInt8(0));
    const tag = tags[letter];
    const length = bytes.readUInt32BE(1);
    const cap = tag && capOf(tag);
    if (tag === undefined || cap === undefined) return stop(() => handlers.onBreach('an unknown frame'));
    if (length <= cap) {
      header = { tag, length };
      return;
    }
    stop(() =>
      tag === 'result' || tag === 'product'
        ? handlers.onOversizedResult(length)
        : handlers.onBreach('an oversized frame'),
    );
  };

  const append = (chunk: Buffer): void => {
    const needed = held + chunk.length;
    if (needed > kept.length) {
      const larger = Math.min(2 * kept.length, header?.length ?? 0);
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, larger));
      kept.copy(grown, 0, 0, held);
      kept = grown;
    }
    chunk.copy(kept, held);
    held = needed;
  };

  const take = (length: number): Buffer => {
    const payload = kept.subarray(0, length);
    kept = kept.subarray(length);
    held -= length;
    return payload;
  };

  return {
    push: (chunk) => {
      if (state.broken) return;
      append(chunk);
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
