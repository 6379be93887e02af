/** Reads a text from its beginning to its end, never back: each character is looked at a bounded number of times. */
export interface Scanner {
  /** The character that comes; empty at the end. */
  peek(): string;
  /** Goes over a text that comes here; false where another does. */
  skip(text: string): boolean;
  /** Goes over blanks and tabs; whether there were any. */
  skipSpace(): boolean;
  /** The longest run of characters of a kind; may be empty. */
  readRun(kind: Kind): string;
  isAtEnd(): boolean;
}

/** A kind of characters: ones of ASCII, 1 at their codes. */
export type Kind = Uint8Array;

export function createScanner(text: string): Scanner {
  let at = 0;
  const skipRun = (kind: Kind): number => {
    const start = at;
    while (at < text.length && kind[text.charCodeAt(at)] === 1) at += 1;
    return start;
  };
  return {
    peek: () => text.charAt(at),
    skip: (wanted) => {
      if (!text.startsWith(wanted, at)) return false;
      at += wanted.length;
      return true;
    },
    skipSpace: () => skipRun(blank) < at,
    readRun: (kind) => text.slice(skipRun(kind), at),
    isAtEnd: () => at >= text.length,
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** Exactly the characters of a list. */
export function createKind(characters: string): Kind {
  const kind = new Uint8Array(128);
  for (const character of characters) kind[character.charCodeAt(0)] = 1;
  return kind;
}

/** Letters and digits, and those of a list. */
export const createWordKind = (others: string): Kind =>
  createKind(letters + letters.toUpperCase() + digits + others);

/** The space that may stand between parts. */
const blank = createKind(' \t');
