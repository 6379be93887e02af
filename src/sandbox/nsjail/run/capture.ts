import type { CapturedStream } from '../../../core/contract/evidence.ts';

export interface Capture {
  /** Copies the bytes that are kept: the caller may reuse the chunk. */
  push(chunk: Buffer): void;
  /** Count of all bytes so far, kept or not. */
  readonly bytes: number;
  /** Returns the kept bytes as text. Call it once. */
  finish(): CapturedStream;
}

/** First size of the buffer; enough for most executions, which print a few lines. */
const FIRST_BYTES = 4096;

/**
 * Keeps a stream within `cap` bytes: all of it, or its first and last half with a line between that counts the
 * missing bytes. Memory never exceeds the cap by more than the resulting text.
 */
export function createCapture(cap: number): Capture {
  const headCap = Math.ceil(cap / 2);
  const tailCap = cap - headCap;
  /** The head and, from `headCap` on, a ring buffer with the tail. */
  let kept: Buffer = Buffer.alloc(0);
  let bytes = 0;

  const reserve = (size: number): void => {
    if (size <= kept.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(cap, Math.max(size, kept.length * 2, FIRST_BYTES)));
    kept.copy(larger);
    kept = larger;
  };

  /** Returns the place in the ring of the byte at this offset of the stream. */
  const placeOf = (offset: number): number => headCap + ((offset - headCap) % tailCap);

  const pushTail = (chunk: Buffer, offset: number): void => {
    if (tailCap === 0) return;
    const skipped = Math.max(0, chunk.length - tailCap);
    const rest = chunk.subarray(skipped);
    const place = placeOf(offset + skipped);
    const copied = rest.copy(kept, place, 0, cap - place);
    rest.copy(kept, headCap, copied);
  };

  return {
    get bytes() {
      return bytes;
    },
    push: (chunk) => {
      const fitting = Math.max(0, Math.min(chunk.length, cap - bytes));
      if (fitting > 0) {
        reserve(bytes + fitting);
        chunk.copy(kept, bytes, 0, fitting);
      }
      if (fitting < chunk.length) pushTail(chunk.subarray(fitting), bytes + fitting);
      bytes += chunk.length;
    },
    finish: () => {
      const all = kept;
      kept = Buffer.alloc(0);
      if (bytes <= cap) return { text: all.toString('utf8', 0, bytes), bytes, truncated: false };
      const seam = tailCap === 0 ? headCap : placeOf(bytes - tailCap);
      const first = trimEnd(all.subarray(0, headCap));
      const last = trimStart(Buffer.concat([all.subarray(seam, cap), all.subarray(headCap, seam)]));
      const missing = bytes - first.length - last.length;
      return {
        text: joinParts(first.toString('utf8'), last.toString('utf8'), missing),
        bytes,
        truncated: true,
      };
    },
  };
}

function joinParts(head: string, tail: string, missing: number): string {
  const note = `[... ${missing} bytes left out ...]\n`;
  return `${head}${head === '' || head.endsWith('\n') ? '' : '\n'}${note}${tail}`;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Drops an incomplete character at the end. */
function trimEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > 0 && bytes.length - start < 4 && isContinuation(bytes[start])) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, Math.max(0, start)) : bytes;
}

/** Drops an incomplete character at the start. */
function trimStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}
