import { countTokens } from './count-tokens.ts';

/** Maximum bytes of a body that is read on the event loop. */
export const SMALL_BODY = 64 * 1024;
/**
 * Maximum number of parts of such a body: each name takes microseconds to check, report and compare with known names.
 */
const MOST_PARTS = 1000;
/** Numbers and literals that cost as much as one text. */
const CHEAP = 8;

/** Counts texts, names and containers of a JSON text; other values between commas count in part. */
export function countParts(json: Uint8Array): number {
  const { containers, commas, quotes } = countTokens(json);
  return containers + quotes / 2 + commas / CHEAP;
}

/**
 * Whether a body can be read and checked within a few milliseconds, whatever it contains, and so on the event loop.
 * All others would delay other requests there.
 */
export const isSmallBody = (body: Uint8Array): boolean =>
  body.length <= SMALL_BODY && countParts(body) <= MOST_PARTS;
