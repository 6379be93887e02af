import { createHash, hash, type BinaryToTextEncoding } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';

/** Bytes that are hashed in one go: a tenth of a millisecond. */
const PIECE = 128 * 1024;

/** SHA-256, in pieces between which other requests have their turn. */
export async function digestBytes(bytes: Uint8Array, encoding: BinaryToTextEncoding): Promise<string> {
  const sum = createHash('sha256');
  for (let start = 0; start < bytes.length; start += PIECE) {
    if (start > 0) await pause();
    sum.update(bytes.subarray(start, start + PIECE));
  }
  return sum.digest(encoding);
}

/** Names a script in the log: the SHA-256 of its UTF-8. A promise only where it is long. */
export function digestScript(script: string): string | Promise<string> {
  if (script.length <= PIECE / 4) return hash('sha256', script, 'hex');
  return digestBytes(new TextEncoder().encode(script), 'hex');
}
