/** A mistake in a request, without a full stop, and its remedy. */
export interface Mistake {
  readonly message: string;
  readonly suggestion?: string;
}

/** Maximum number of mistakes that one message spells out; a body can have a million. */
export const MOST_MISTAKES = 20;

/** Longest piece of a caller's own text in a message, in UTF-16 units. */
const MOST_QUOTED = 80;

/** Quotes a caller's text for a sentence: escaped, and cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text);
}

/** Returns the JSON type of a value, with its article. */
export function nameType(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number beyond all bounds';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Writes a place in a body like a caller: `limits.timeout`, `args[3]`, `env["a b"]`. */
export function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = String(step);
      if (!/^\w{1,80}$/.test(name)) return `[${quote(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

export function countUtf8(text: string): number {
  return new TextEncoder().encode(text).length;
}
