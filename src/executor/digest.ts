import { createHash, hash, type BinaryToTextEncoding } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';

/** Bytes hashed in one go, about a tenth of a millisecond. */
const PIECE = 128 * 1024;

/** Computes SHA-256 in pieces, between which other requests have their turn. */
export async function digestBytes(bytes: Uint8Array, encoding: BinaryToTextEncoding): Promise<string> {
  const sum = createHash('sha256');
  for (let start = 0; start < bytes.length; start += PIECE) {
    if (start > 0) await pause();
    sum.update(bytes.subarray(start, start + PIECE));
  }
  return sum.digest(encoding);
}

/** Returns the SHA-256 of a script's UTF-8, which names it in the log; a promise only for long scripts. */
export function digestScript(script: string): string | Promise<string> {
  if (script.length <= PIECE / 4) return hash('sha256', script, 'hex');
  return digestBytes(new TextEncoder().encode(script), 'hex');
}
