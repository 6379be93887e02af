import { countTokens } from './count-tokens.ts';

/** Bytes of a body that may be read on the event loop. */
export const SMALL_BODY = 64 * 1024;
/** Parts of such a body: each name takes microseconds where it is checked, complained of and compared with those there are. */
const MOST_PARTS = 1000;
/** Numbers and literals that cost as much as one text. */
const CHEAP = 8;

/** Texts, names and containers of a JSON text; of what else lies between commas only a part counts. */
export function countParts(json: Uint8Array): number {
  const { containers, commas, quotes } = countTokens(json);
  return containers + quotes / 2 + commas / CHEAP;
}

/**
 * Whether reading and checking a body takes a few milliseconds, whatever is in it: it is done where it came in. Of all
 * others other requests would feel it.
 */
export const isSmallBody = (body: Uint8Array): boolean =>
  body.length <= SMALL_BODY && countParts(body) <= MOST_PARTS;
