import { once } from 'node:events';
import { setImmediate as pause } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import type { AllowedRoot } from '../../../core/allowed-root.ts';
import type { InputFile, PassedText } from '../../../core/contract/request.ts';
import { parseGlob } from '../../../core/contract/files/globs.ts';
import { pathCaps } from '../../../core/contract/files/paths.ts';
import { MAX_OMITTED } from '../../../core/contract/files/returned-files.ts';
import { displayCaps } from '../../../core/contract/sessions/display.ts';
import type { Job, Program, SessionTerms } from '../../sandbox.ts';
import { HEADER_BYTES, messages, PROTOCOL_VERSION, VERSION_BYTES, type ServiceMessage } from './messages.ts';

/** Bytes of small frames that are joined into one write; a longer payload is written as it is, without a copy. */
const PIECE_BYTES = 64 * 1024;

/** Maximum number of parts in one write: joining that many takes some milliseconds, even if all are empty. */
const PIECE_PARTS = 2000;

/** Maximum that a jail may send back. */
export interface ReturnCaps {
  /** Maximum bytes of the JSON text of a result. */
  readonly resultBytes: number;
  /** Maximum bytes of all returned files together. */
  readonly filesBytes: number;
  /** Maximum number of returned files. */
  readonly files: number;
}

/** Terms that the service sets for a job. */
interface JobTerms {
  readonly caps: ReturnCaps;
  /** Proof that a refusal comes from the harness: no script knows it. */
  readonly secret: Uint8Array;
  /** Content of /etc/hosts; undefined where the image has it. */
  readonly hosts: string | undefined;
  /** True when further jobs follow on the same stream. */
  readonly isKept?: boolean | undefined;
}

/** Writes a job and ends the stream, no faster than it is read. */
export async function sendJob(stream: Writable, job: Job, terms: JobTerms): Promise<void> {
  const ended = new AbortController();
  const onClose = (): void => ended.abort();
  stream.once('close', onClose);
  try {
    let first: Uint8Array | undefined;
    for (const piece of encodeJob(job, terms)) {
      first ??= piece;
      if (stream.destroyed) return;
      if (!stream.write(piece)) await once(stream, 'drain', { signal: ended.signal });
      // A fast reader drains the stream at once; without the pause, the event loop would get no turn.
      if (piece !== first) await pause();
    }
    if (terms.isKept !== true) stream.end();
  } catch {
    // The jail ended before it had read its job; the other streams tell why.
    stream.destroy();
  } finally {
    stream.off('close', onClose);
  }
}

/** Encodes a job in pieces, each for one write; small frames are joined, so that most jobs are one piece. */
export function* encodeJob(job: Job, terms: JobTerms): Generator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for (const part of encodeParts(job, terms)) {
    gathered.push(part);
    bytes += part.length;
    if (bytes < PIECE_BYTES && gathered.length < PIECE_PARTS) continue;
    // A long part is passed on without a copy; the parts before it are short.
    const isLong = part.length >= PIECE_BYTES;
    yield Buffer.concat(isLong ? gathered.slice(0, -1) : gathered);
    if (isLong) yield part;
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(gathered);
}

function* encodeParts(job: Job, { caps, secret, hosts }: JobTerms): Generator<Uint8Array> {
  yield* encodeOpening(secret);
  const { entry } = job;
  if (job.program !== undefined) yield* encodeProgram(job.program);
  else if (entry.kind === 'script' && entry.file !== undefined) yield* encodeFrame('script_file', entry.file);
  if (job.session !== undefined) yield* encodeFrame('session', encodeSession(job.session));
  yield* encodeFrame('mode', job.session?.mode ?? entry.kind);
  yield* encodeFrame('function', entry.kind === 'function' ? entry.name : '');
  yield* encodeFrame('script', job.script);
  if (entry.kind === 'function') {
    yield* encodeFrame('arguments', entry.argsJson);
    yield* encodeFrame('keywords', entry.kwargsJson);
  } else {
    for (const argument of readStrings(toBytes(entry.argsJson))) yield* encodeFrame('argument', argument);
  }
  for (const [name, value] of Object.entries(job.env)) yield* encodeFrame('variable', `${name}=${value}`);
  yield* encodeFrame('stdin', job.stdin);
  if (job.preflight !== undefined) yield* encodeFrame('preflight', String(job.preflight.memoryBytes));
  yield* encodeFrame('result_cap', String(caps.resultBytes));
  if (job.resultEncoding === 'lenient') yield* encodeFrame('lenient', '');
  if (job.root !== undefined) yield* encodeFrame('root', encodeRoot(job.root));
  if (hosts !== undefined) yield* encodeFrame('hosts', hosts);
  for (const file of job.files) yield* encodeFile(file);
  if (job.returnFiles.length > 0 || job.figures !== undefined) {
    yield* encodeFrame('return_files', encodeOrder(job.returnFiles, job.figures?.memoryBytes, caps));
  }
  yield* encodeFrame('run', '');
}

function encodeOpening(secret: Uint8Array): Uint8Array[] {
  const version = Buffer.alloc(VERSION_BYTES);
  version.writeUInt16BE(PROTOCOL_VERSION);
  return encodeFrame('opening', Buffer.concat([version, secret]));
}

/** Maximum bytes of a file in one frame: the harness holds no more of it in memory. */
const FILE_PIECE_BYTES = 256 * 1024;

function* encodeFile({ path, bytes }: InputFile): Generator<Uint8Array> {
  yield* encodeFrame('input_file', path);
  for (let start = 0; start < bytes.length; start += FILE_PIECE_BYTES) {
    yield* encodeFrame('input_data', bytes.subarray(start, start + FILE_PIECE_BYTES));
  }
}

const encodeSession = ({ number }: SessionTerms): string =>
  JSON.stringify({ number, displays: displayCaps.count });

const encodeRoot = ({ path, workDir, isConfined }: AllowedRoot): string =>
  JSON.stringify({ path, work_dir: workDir, confined: isConfined });

/** Encodes the patterns of the files to return, and the caps on them. */
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
  for (const word of command) yield* encodeFrame('word', word);
  if (scriptPath !== undefined) yield* encodeFrame('script_file', scriptPath);
  if (product !== undefined) yield* encodeFrame('product_file', product.path);
  // These come before those of the job, which override them: the last variable of a name counts.
  for (const [name, value] of Object.entries(env)) yield* encodeFrame('variable', `${name}=${value}`);
}

function encodeFrame(name: ServiceMessage, payload: PassedText): Uint8Array[] {
  const body = toBytes(payload);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(messages[name].tag, 0, 'latin1');
  header.writeUInt32BE(body.length, 1);
  return [header, body];
}

const toBytes = (text: PassedText): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length);

/** Reads the strings of a JSON array of strings one at a time, because there can be millions. */
function* readStrings(json: Buffer): Generator<string> {
  for (let start = json.indexOf(QUOTE); start !== -1;) {
    let end = start + 1;
    while (end < json.length && json[end] !== QUOTE) end += json[end] === BACKSLASH ? 2 : 1;
    yield JSON.parse(json.toString('utf8', start, end + 1)) as string;
    start = json.indexOf(QUOTE, end + 1);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
