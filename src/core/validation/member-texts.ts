/*
 * JavaScript has one kind of number, but Python distinguishes `5` from `5.0` and keeps every digit of `2**63`. `args`
 * and `kwargs` are for Python, so their text is found in the body and passed on as written.
 */

/** A value as written, and properties that its reader needs. */
export interface ValueText {
  readonly json: string;
  /** Levels of arrays and objects, including the value itself; 0 for a string, a number or a literal. */
  readonly depth: number;
  /** Decimal digits of its longest integer; fractions do not count. */
  readonly integerDigits: number;
}

const [QUOTE, COMMA, COLON, BACKSLASH, MINUS] = [0x22, 0x2c, 0x3a, 0x5c, 0x2d];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Returns the texts of an object's members of these names; the last one of a repeated name, like `JSON.parse`. `text`
 * must be the JSON of an object: the caller has parsed it.
 */
export function findMembers<Name extends string>(
  text: string,
  names: readonly Name[],
): Partial<Record<Name, ValueText>> {
  const found: Partial<Record<Name, ValueText>> = {};
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    // No string follows the last member, since those inside values were skipped with them.
    if (keyStart === -1) return found;
    const keyEnd = endOfString(text, keyStart);
    const key = JSON.parse(text.slice(keyStart, keyEnd)) as string;
    const start = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const { end, ...measures } = measureValue(text, start);
    const name = names.find((wanted) => wanted === key);
    if (name !== undefined) found[name] = { json: text.slice(start, end), ...measures };
    at = end;
  }
}

/** Returns the texts of an array's elements. `text` must be the JSON of an array: the caller has parsed it. */
export function listElements(text: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(text, text.indexOf('[') + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACKET) {
    const { end } = measureValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return elements;
}

/** Measures one value in a loop without recursion: a body of 32 MiB can be nested millions deep. */
function measureValue(text: string, start: number): Omit<ValueText, 'json'> & { end: number } {
  let [at, open, depth, integerDigits] = [start, 0, 0, 0];
  do {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at);
      const digits = end - at - (code === MINUS ? 1 : 0);
      if (digits > integerDigits && isInteger(text, at, end)) integerDigits = digits;
      at = end;
    } else {
      if (code === OPEN_BRACKET || code === OPEN_BRACE) {
        open += 1;
        if (open > depth) depth = open;
      } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) open -= 1;
      at += 1;
    }
  } while (open > 0);
  if (depth === 0) while (at < text.length && !isDelimiter(text.charCodeAt(at))) at += 1;
  return { end: at, depth, integerDigits };
}

/** Returns the offset after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !isDelimiter(text.charCodeAt(at))) at += 1;
  return at;
}

function isInteger(text: string, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const isDelimiter = (code: number): boolean =>
  code <= 0x20 || code === COMMA || code === COLON || code === CLOSE_BRACKET || code === CLOSE_BRACE;

/** Deepest nesting of a body that is parsed: one nested millions deep takes the parser seconds. */
export const MOST_LEVELS = 5000;

/** Whether brackets outside strings nest more than `most` levels deep; one pass, for any text. */
export function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
  }
  return false;
}
