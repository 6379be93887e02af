/** Headers of every answer. */
export const standingHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  // Answers are no pages, unless they say so: they load nothing, appear in no frame, and no other page embeds them.
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export const jsonType = 'application/json; charset=utf-8';

/** Returns a caller's `X-Request-Id`, 1 to 128 printable ASCII characters; undefined for anything else. */
export function acceptRequestId(header: string | undefined): string | undefined {
  return header !== undefined && /^[\x20-\x7e]{1,128}$/.test(header) ? header : undefined;
}

/**
 * Returns `traceparent` of W3C Trace Context as sent; undefined when it is malformed, which starts no trace. Versions
 * after 00 may add more after another hyphen.
 */
export function acceptTraceparent(header: string | undefined): string | undefined {
  const match =
    header === undefined
      ? null
      : /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-[\x21-\x7e]{1,256})?$/.exec(header);
  if (match === null) return undefined;
  const [whole, version = '', trace = '', parent = '', more] = match;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return /^0+$/.test(trace) || /^0+$/.test(parent) ? undefined : whole;
}
