/**
 * Reads a text from beginning to end without going back, so that each character is read a bounded number of times.
 */
export interface Scanner {
  /** Returns the next character; empty at the end. */
  peek(): string;
  /** Skips a text; returns false when another one comes. */
  skip(text: string): boolean;
  /** Skips blanks and tabs; returns whether there were any. */
  skipSpace(): boolean;
  /** Reads the longest run of characters of a kind, which may be empty. */
  readRun(kind: Kind): string;
  isAtEnd(): boolean;
}

/** A kind of ASCII characters: 1 at their codes. */
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

/** Creates a kind of exactly the given characters. */
export function createKind(characters: string): Kind {
  const kind = new Uint8Array(128);
  for (const character of characters) kind[character.charCodeAt(0)] = 1;
  return kind;
}

/** Creates a kind of letters, digits and the given characters. */
export const createWordKind = (others: string): Kind =>
  createKind(letters + letters.toUpperCase() + digits + others);

/** Space allowed between parts. */
const blank = createKind(' \t');
