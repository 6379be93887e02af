/** On every answer, whoever writes it. */
export const standingHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  // No answer is a page, but those that say so: it loads nothing, stands in no frame, and no other page embeds it.
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export const jsonType = 'application/json; charset=utf-8';

/** `X-Request-Id` as a caller may choose it: 1 to 128 printable ASCII characters; undefined where it is not one. */
export function acceptRequestId(header: string | undefined): string | undefined {
  return header !== undefined && /^[\x20-\x7e]{1,128}$/.test(header) ? header : undefined;
}

/**
 * `traceparent` of W3C Trace Context, as it was sent; undefined where it is malformed, which starts no trace.
 * Versions after 00 may carry more behind another hyphen.
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
