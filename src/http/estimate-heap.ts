/** Bytes of the heap at most, measured with V8's own: an array or an object with its place among others, and what is beside it. */
const PER_CONTAINER = 72;
const PER_COMMA = 16;
const PER_QUOTE = 16;

const [QUOTE, COMMA, BRACKET, BACKSLASH, BRACE] = [0x22, 0x2c, 0x5b, 0x5c, 0x7b];

/**
 * Bytes that the values of a JSON text take when it is parsed, beside the text itself. Known before, because a thread
 * that is out of memory in the middle of `JSON.parse` can take the whole process with it.
 */
export function estimateHeap(json: Uint8Array): number {
  let bytes = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      isText = !isText;
      bytes += PER_QUOTE;
    } else if (isText) {
      if (byte === BACKSLASH) at += 1;
    } else if (byte === COMMA) bytes += PER_COMMA;
    else if (byte === BRACKET || byte === BRACE) bytes += PER_CONTAINER;
  }
  return bytes;
}
