/** JSON.parse and JSON with the text of numbers (ECMAScript 2026); browsers without it round large integers. */
interface ExactJson {
  readonly rawJSON?: (text: string) => object;
  readonly isRawJSON?: (value: unknown) => boolean;
}
const exact = JSON as typeof JSON & ExactJson;

/** Parses JSON and keeps the digits of numbers that JavaScript would round: `12345678901234567890`. */
export function readJson(text: string): unknown {
  if (exact.rawJSON === undefined) return JSON.parse(text) as unknown;
  const keep = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    isRounded(value) && context?.source !== undefined ? exact.rawJSON?.(context.source) : value;
  return JSON.parse(text, keep) as unknown;
}

const isRounded = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

/** True for a number whose digits were kept. */
export const isKeptNumber = (value: unknown): boolean => exact.isRawJSON?.(value) === true;
