/*
 * The script's text before any grammar looks at it: made the way CPython's tokenizer makes it, and searched for
 * what the grammar and CPython may read differently.
 */

/**
 * The text with CPython's newlines, without a byte order mark, and without the comments that have a line of their
 * own: for each of them the grammar's scanner reads again all that follow. Offsets, lines and columns stay.
 */
export function normalizeSource(script: string): string {
  const text = script.startsWith('\uFEFF') ? script.slice(1) : script;
  return blankComments(text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text);
}

/**
 * Such a line may stand in a string, where white space does no harm either, unless the string ends on it or it is
 * an f-string's code: hence nothing that could do so.
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
  // CPython refuses NUL; the grammar may take it for the end of the file.
  // oxlint-disable-next-line no-control-regex
  /\0/,
  // Indentation where a tab follows a blank: CPython rounds up to the next stop, the grammar adds eight.
  /^[ \t\f]* \t/m,
  // A line of nothing but a continuation: its indentation counts for the next line in CPython.
  /^[ \t\f]*\\$/m,
  // The grammar's white space, but not CPython's.
  // oxlint-disable-next-line no-irregular-whitespace
  /[\v\u0085\u00A0\u1680\u2000-\u200B\u2028\u2029\u202F\u205F\u2060\u3000\uFEFF]/,
  // A statement of Python 2, which the grammar still knows.
  /\bprint[ \t]+[\w"']/,
];

/** Whether CPython may read this text in another way than the grammar does. */
export function isDoubtfulText(text: string): boolean {
  return !text.isWellFormed() || DOUBTS.some((doubt) => doubt.test(text));
}

/** CPython's own limit is 200. Beyond it the grammar's error recovery takes its time without looking at a clock. */
const MAX_OPEN_BRACKETS = 200;

/** The grammar's scanner reads a run of them again for every line of it, without looking at a clock. */
const MAX_RUN = 20;

/** Whether parsing may take long in ways that a time budget does not catch. Takes normalised text. */
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

/** A word of the text, in strings and comments too: what CPython's tokenizer would take for one. */
export interface Word {
  /** NFKC-normalised, as CPython compares identifiers. */
  readonly name: string;
  /** UTF-16 offset. */
  readonly index: number;
}

/** Every word of the text that `isWanted` says yes to. */
export function* findWords(text: string, isWanted: (name: string) => boolean): Generator<Word> {
  for (const match of text.matchAll(/[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9_\u0080-\u{10FFFF}]*/gu)) {
    const name = normalizeName(match[0]);
    if (isWanted(name)) yield { name, index: match.index };
  }
}

/** A name as CPython compares it. */
export function normalizeName(name: string): string {
  // Most names are ASCII, and are their own normal form.
  return /^[\w]*$/.test(name) ? name : name.normalize('NFKC');
}
