import type { Job } from '../sandbox.ts';

/*
 * Frames between the service and harness/harness.py: one tag byte, four bytes of length (big endian), the payload.
 * The harness's docstring lists the tags.
 */

const HEADER_BYTES = 5;

function encodeFrame(tag: string, payload: string | Uint8Array): Uint8Array[] {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(tag, 0, 'latin1');
  header.writeUInt32BE(body.length, 1);
  return [header, body];
}

/** The whole request, ready to be written. `resultBytes` is the cap of the result's JSON text. */
export function encodeJob(job: Job, resultBytes: number): Buffer {
  return Buffer.concat([
    ...encodeFrame('m', job.mode),
    ...encodeFrame('f', job.function),
    ...encodeFrame('s', job.script),
    ...(job.mode === 'function' ? encodeFrame('a', JSON.stringify(job.args)) : []),
    ...(job.mode === 'function' ? encodeFrame('k', JSON.stringify(job.kwargs)) : []),
    ...(job.mode === 'script' ? job.args.flatMap((argument) => encodeFrame('v', String(argument))) : []),
    ...Object.entries(job.env).flatMap(([name, value]) => encodeFrame('e', `${name}=${value}`)),
    ...encodeFrame('i', job.stdin),
    ...encodeFrame('c', String(resultBytes)),
    ...encodeFrame('g', ''),
  ]);
}

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
