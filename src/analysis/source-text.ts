/*
 * Prepares the script's text for the grammar as CPython's tokenizer would, and searches it for text that the grammar
 * and CPython may read differently.
 */

/**
 * Returns the text with CPython's newlines, without a byte order mark, and with blanks for comments that have a line
 * of their own: for each of those the grammar's scanner reads again all that follow. Offsets, lines and columns stay.
 */
export function normalizeSource(script: string): string {
  const text = script.startsWith('\uFEFF') ? script.slice(1) : script;
  return blankComments(text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text);
}

/**
 * Blanks comment lines. Such a line may lie in a string, where blanks are harmless too unless the string ends on it
 * or it is code of an f-string, so lines that could do either are kept.
 */
function blankComments(text: string): string {
  if (!text.includes('#')) return text;
  const lines = text.split('\n');
  let isContinued = false;
  for (const [index, line] of lines.entries()) {
    if (!isContinued && /^[ \t\f]*#/.test(line) && !/["']{3}|[\\{}]/.test(line))
      lines[index] = ' '.repeat(line.length);
    isContinued = line.endsWith('\\');
  }
  return lines.join('\n');
}

const DOUBTS: readonly RegExp[] = [
  // CPython rejects NUL; the grammar may take it for the end of the file.
  // oxlint-disable-next-line no-control-regex
  /\0/,
  // Indentation with a tab after a blank: CPython rounds up to the next tab stop, the grammar adds eight.
  /^[ \t\f]* \t/m,
  // A line with only a continuation: CPython counts its indentation for the next line.
  /^[ \t\f]*\\$/m,
  // White space to the grammar but not to CPython.
  // oxlint-disable-next-line no-irregular-whitespace
  /[\v\u0085\u00A0\u1680\u2000-\u200B\u2028\u2029\u202F\u205F\u2060\u3000\uFEFF]/,
  // A statement of Python 2, which the grammar still accepts.
  /\bprint[ \t]+[\w"']/,
];

/** Whether CPython may read this text differently from the grammar. */
export function isDoubtfulText(text: string): boolean {
  return !text.isWellFormed() || DOUBTS.some((doubt) => doubt.test(text));
}

/**
 * Maximum number of open brackets, as in CPython. Above it the grammar's error recovery is slow and does not look at
 * the clock.
 */
const MAX_OPEN_BRACKETS = 200;

/**
 * Maximum number of such lines in a run: for each line the grammar's scanner reads the whole run again, without
 * looking at the clock.
 */
const MAX_RUN = 20;

/** Whether parsing may be slow in ways that a time budget does not catch. Takes normalised text. */
export function isSlowToParse(text: string): boolean {
  return hasManyOpenBrackets(text) || hasLongRun(text);
}

function hasManyOpenBrackets(text: string): boolean {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x28 || code === 0x5b || code === 0x7b) open++;
    else if (code === 0x29 || code === 0x5d || code === 0x7d) open = Math.max(0, open - 1);
    if (open > MAX_OPEN_BRACKETS) return true;
  }
  return false;
}

function hasLongRun(text: string): boolean {
  let run = 0;
  for (const line of text.split('\n')) {
    if (/^[\s\uFEFF\u2060\u200B]*(?:#|\\)/.test(line)) run++;
    else if (/\S/.test(line)) run = 0;
    if (run > MAX_RUN) return true;
  }
  return false;
}

/** A word of the text as CPython's tokenizer sees it, in strings and comments too. */
export interface Word {
  /** NFKC-normalised, as CPython compares identifiers. */
  readonly name: string;
  /** UTF-16 offset. */
  readonly index: number;
}

/** Yields every word of the text for which `isWanted` returns true. */
export function* findWords(text: string, isWanted: (name: string) => boolean): Generator<Word> {
  for (const match of text.matchAll(/[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9_\u0080-\u{10FFFF}]*/gu)) {
    const name = normalizeName(match[0]);
    if (isWanted(name)) yield { name, index: match.index };
  }
}

/** Normalises a name as CPython compares it. */
export function normalizeName(name: string): string {
  // ASCII names, the usual case, are in normal form already.
  return /^[\w]*$/.test(name) ? name : name.normalize('NFKC');
}
