/** Replacement of a secret. */
const HIDDEN = '****';
/** Shortest secret that is hidden; shorter ones would hide half of every text. */
const LEAST_SECRET = 4;
/** Longest scheme that is recognised before `://`. */
const MOST_SCHEME = 20;

/** Removes secrets from a text. `isCut` is true when the text went on, so that it may end within a secret. */
export type Redact = (text: string, isCut?: boolean) => string;

/**
 * Creates a function that removes credentials from a text: those in the addresses of `values` wherever they appear,
 * any that appear within an address, and `given`, which are secrets as they are.
 */
export function createRedactor(values: readonly string[], given: readonly string[] = []): Redact {
  const secrets = new Set(given.filter(isLong));
  for (const value of values) {
    for (const { from, to } of findUserInfo(value)) {
      const info = value.slice(from, to);
      const password = info.slice(info.indexOf(':') + 1);
      for (const secret of [info, password, decode(password)]) if (isLong(secret)) secrets.add(secret);
    }
  }
  const longestFirst = [...secrets].toSorted((one, other) => other.length - one.length);
  return (text, isCut = false) => {
    let redacted = hideUserInfo(text);
    for (const secret of longestFirst) redacted = redacted.replaceAll(secret, HIDDEN);
    return isCut ? dropBeginning(redacted, longestFirst) : redacted;
  };
}

const isLong = (secret: string): boolean => secret.length >= LEAST_SECRET;

/** Removes the beginning of a secret, or of a user's name in an address, from the end of a text. */
function dropBeginning(text: string, secrets: readonly string[]): string {
  const begun = secrets.map((secret) => {
    let length = Math.min(secret.length - 1, text.length);
    while (length > 0 && !text.endsWith(secret.slice(0, length))) length -= 1;
    return length;
  });
  const rest = text.slice(0, text.length - Math.max(0, ...begun));
  const address = rest.lastIndexOf('://');
  const isOpen = address >= 0 && findEnd(rest, address + 3) === rest.length;
  return isOpen ? rest.slice(0, address + 3) : rest;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Finds users and passwords in the addresses of a text: between `://` and the last `@` before a `/`. */
function findUserInfo(text: string): Place[] {
  const places: Place[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const from = at + 3;
    const to = from + text.slice(from, findEnd(text, from)).lastIndexOf('@');
    if (to > from && hasScheme(text, at)) places.push({ from, to });
  }
  return places;
}

/** Returns the end of the user and host in an address. */
function findEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isEnd(text.charAt(end))) end += 1;
  return end;
}

const isEnd = (character: string): boolean => character === '/' || character.trim() === '';

const schemeCharacter = /^[a-z0-9+.-]$/i;
const schemeStart = /^[a-z]$/i;

function hasScheme(text: string, end: number): boolean {
  for (
    let at = end - 1;
    at >= Math.max(0, end - MOST_SCHEME) && schemeCharacter.test(text.charAt(at));
    at -= 1
  ) {
    if (schemeStart.test(text.charAt(at))) return true;
  }
  return false;
}

function hideUserInfo(text: string): string {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to } of findUserInfo(text)) {
    parts.push(text.slice(done, from), HIDDEN);
    done = to;
  }
  return [...parts, text.slice(done)].join('');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
