/*
 * JavaScript has one kind of number, Python tells `5` from `5.0` and keeps every digit of `2**63`. What a caller
 * writes in `args` and `kwargs` is for Python, so literals that JavaScript would print differently stay as text.
 */

/** A number literal that is kept as it was written; `JSON.stringify` prints it unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** What Node 24 has and TypeScript's library does not declare yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const json = JSON as unknown as SourceTextJson;

/** A fraction, an exponent, more than 15 digits, or minus zero; also in strings, where it only costs time. */
const mayLose = /\d[.eE]|\d{16}|-0/;

export const isRawNumber = (value: unknown): value is RawNumber => json.isRawJSON(value);

/** An object with names of its own: no array, and no number that was kept as text. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

/**
 * Parses a request's body. Numbers inside `args` and `kwargs` whose literal JavaScript would not print the same
 * become `RawNumber`s; all others, limits included, are plain numbers.
 *
 * @throws SyntaxError where the text is not JSON; RangeError where its arguments are nested too deeply to be walked.
 */
export function parseLossless(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  if (!isRecord(plain)) return plain;
  const { args, kwargs } = plain;
  const hasArgs = Array.isArray(args) && args.length > 0;
  const hasKwargs = isRecord(kwargs) && Object.keys(kwargs).length > 0;
  // The reviver costs twenty times a plain parse: only where there is something to keep.
  if (!(hasArgs || hasKwargs) || !mayLose.test(text)) return plain;
  const exact = json.parse(text, keepLiteral);
  if (!isRecord(exact)) return plain;
  return {
    ...plain,
    ...(hasArgs ? { args: exact['args'] } : {}),
    ...(hasKwargs ? { kwargs: exact['kwargs'] } : {}),
  };
}

function keepLiteral(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
  return json.rawJSON(source);
}
