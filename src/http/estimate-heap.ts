import { countTokens } from './count-tokens.ts';

/** Maximum bytes of heap, measured in V8: an array or object with its place in its parent, and its neighbours. */
const PER_CONTAINER = 72;
const PER_COMMA = 16;
const PER_QUOTE = 16;

/**
 * Estimates the heap of the parsed values of a JSON text, besides the text itself. Done beforehand, because a thread
 * that runs out of memory within `JSON.parse` can take the whole process with it.
 */
export function estimateHeap(json: Uint8Array): number {
  const { containers, commas, quotes } = countTokens(json);
  return containers * PER_CONTAINER + commas * PER_COMMA + quotes * PER_QUOTE;
}
