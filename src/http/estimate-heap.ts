import { countTokens } from './count-tokens.ts';

/** Bytes of the heap at most, measured with V8's own: an array or an object with its place among others, and what is beside it. */
const PER_CONTAINER = 72;
const PER_COMMA = 16;
const PER_QUOTE = 16;

/**
 * Bytes that the values of a JSON text take when it is parsed, beside the text itself. Known before, because a thread
 * that is out of memory in the middle of `JSON.parse` can take the whole process with it.
 */
export function estimateHeap(json: Uint8Array): number {
  const { containers, commas, quotes } = countTokens(json);
  return containers * PER_CONTAINER + commas * PER_COMMA + quotes * PER_QUOTE;
}
