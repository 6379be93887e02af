/**
 * Deepest nesting. CPython's encoder stops far below it, so a deeper text is no result but an attack on its parser.
 */
const MAX_DEPTH = 5000;

/** UTF-16 units checked in one go, in well below a millisecond. */
const STEP = 64 * 1024;

/* Tokens that may come next. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON = 4;
const AFTER_VALUE = 5;
const INSIDE_VALUE = 6;
const INSIDE_KEY = 7;

/**
 * Checks whether a text is JSON, like `JSON.parse`, without building the value, so that even hostile text allocates
 * nothing. Yields after every step, to let other work run in between.
 */
export function* checkJson(text: string): Generator<undefined, boolean> {
  const { length } = text;
  /** Kind of the open bracket by depth: 1 for an object, 0 for an array. */
  const objects = new Uint8Array(Math.min(MAX_DEPTH, length) + 1);
  let depth = 0;
  let expected = VALUE;
  let at = 0;
  let stop = STEP;
  while (at < length) {
    if (at >= stop) {
      stop = at + STEP;
      yield;
    }
    const code = text.charCodeAt(at);
    if (expected === INSIDE_VALUE || expected === INSIDE_KEY) {
      if (code === 0x22) expected = expected === INSIDE_KEY ? COLON : AFTER_VALUE;
      else if (code === 0x5c) {
        const escape = lengthOfEscape(text, at);
        if (escape === 0) return false;
        at += escape - 1;
      } else if (code < 0x20) return false;
      at += 1;
    } else if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at += 1;
    else if (expected === KEY || (expected === KEY_OR_END && code !== 0x7d)) {
      if (code !== 0x22) return false;
      expected = INSIDE_KEY;
      at += 1;
    } else if (expected === COLON) {
      if (code !== 0x3a) return false;
      expected = VALUE;
      at += 1;
    } else if (code === 0x5d || code === 0x7d) {
      // A closing bracket: after a value, or directly after the opening one.
      const isObject = code === 0x7d;
      const isExpected = expected === AFTER_VALUE || expected === (isObject ? KEY_OR_END : VALUE_OR_END);
      if (!isExpected || depth === 0 || (objects[depth] === 1) !== isObject) return false;
      depth -= 1;
      expected = AFTER_VALUE;
      at += 1;
    } else if (expected === AFTER_VALUE) {
      if (code !== 0x2c || depth === 0) return false;
      expected = objects[depth] === 1 ? KEY : VALUE;
      at += 1;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > MAX_DEPTH) return false;
      objects[depth] = code === 0x7b ? 1 : 0;
      expected = code === 0x7b ? KEY_OR_END : VALUE_OR_END;
      at += 1;
    } else if (code === 0x22) {
      expected = INSIDE_VALUE;
      at += 1;
    } else {
      const end = endOfScalar(text, at, code);
      if (end === -1) return false;
      expected = AFTER_VALUE;
      at = end;
    }
  }
  return expected === AFTER_VALUE && depth === 0;
}

/** Returns the length of the escape that starts with a backslash at `at`; 0 when it is invalid. */
function lengthOfEscape(text: string, at: number): number {
  const letter = text[at + 1];
  if (letter === undefined) return 0;
  if (letter !== 'u') return '"\\/bfnrt'.includes(letter) ? 2 : 0;
  return /^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
}

/** Returns the offset after the number or literal that starts at `at`; -1 when there is none. */
function endOfScalar(text: string, at: number, code: number): number {
  for (const literal of ['true', 'false', 'null']) {
    if (code === literal.charCodeAt(0)) return text.startsWith(literal, at) ? at + literal.length : -1;
  }
  const start = code === 0x2d ? at + 1 : at;
  let end = skipDigits(text, start);
  if (end === start || (text[start] === '0' && end > start + 1)) return -1;
  if (text[end] === '.') {
    const fraction = end + 1;
    end = skipDigits(text, fraction);
    if (end === fraction) return -1;
  }
  if (text[end] === 'e' || text[end] === 'E') {
    const exponent = text[end + 1] === '+' || text[end + 1] === '-' ? end + 2 : end + 1;
    end = skipDigits(text, exponent);
    if (end === exponent) return -1;
  }
  return end;
}

function skipDigits(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at += 1;
  return at;
}
