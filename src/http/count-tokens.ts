const [QUOTE, COMMA, BRACKET, BACKSLASH, BRACE] = [0x22, 0x2c, 0x5b, 0x5c, 0x7b];

/** Counts of the parts of a JSON text that cost its parser most. */
export interface JsonTokens {
  /** Arrays and objects. */
  readonly containers: number;
  readonly commas: number;
  /** Two for each text and each name. */
  readonly quotes: number;
}

/** Counts in one pass, for any text; ignores the content of strings. */
export function countTokens(json: Uint8Array): JsonTokens {
  let [containers, commas, quotes] = [0, 0, 0];
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      isText = !isText;
      quotes += 1;
    } else if (isText) {
      if (byte === BACKSLASH) at += 1;
    } else if (byte === COMMA) commas += 1;
    else if (byte === BRACKET || byte === BRACE) containers += 1;
  }
  return { containers, commas, quotes };
}
