import type { CapturedStream } from '../../core/evidence.ts';

export interface Capture {
  push(chunk: Buffer): void;
  /** All bytes so far, kept or not. */
  readonly bytes: number;
  finish(): CapturedStream;
}

/**
 * Keeps a stream within `cap` bytes: all of it, or, once it is longer, its first and its last half with a line
 * between that says how much is missing. What is cut is dropped as it comes: memory stays within twice the cap.
 */
export function createCapture(cap: number): Capture {
  const headCap = Math.ceil(cap / 2);
  const tailCap = cap - headCap;
  let kept: Buffer[] = [];
  let bytes = 0;
  let head: Buffer | undefined;
  let tail: Buffer[] = [];
  let tailBytes = 0;

  const pushTail = (chunk: Buffer): void => {
    tail.push(chunk);
    tailBytes += chunk.length;
    for (let first = tail[0]; first !== undefined && tailBytes - first.length >= tailCap; first = tail[0]) {
      tail.shift();
      tailBytes -= first.length;
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    push: (chunk) => {
      bytes += chunk.length;
      if (head !== undefined) {
        pushTail(chunk);
        return;
      }
      kept.push(chunk);
      if (bytes <= cap) return;
      const all = Buffer.concat(kept);
      kept = [];
      // Copies: a slice would keep the whole chunk alive.
      head = Buffer.from(all.subarray(0, headCap));
      pushTail(Buffer.from(all.subarray(headCap)));
    },
    finish: () => {
      if (head === undefined) return { text: Buffer.concat(kept).toString('utf8'), bytes, truncated: false };
      const all = Buffer.concat(tail);
      const first = trimEnd(head);
      const last = trimStart(all.subarray(Math.max(0, all.length - tailCap)));
      const missing = bytes - first.length - last.length;
      tail = [];
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

/** Without the beginning of a character whose rest was cut. */
function trimEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > 0 && bytes.length - start < 4 && isContinuation(bytes[start])) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, Math.max(0, start)) : bytes;
}

/** Without the rest of a character whose beginning was cut. */
function trimStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}
