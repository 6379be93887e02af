import type { IncomingMessage } from 'node:http';

/**
 * Whether the head of a request leaves no doubt of what is asked for, and of whom. Where it does, somebody before us (a
 * proxy) could have understood it otherwise. Lengths are the parser's own business: it refuses two of them, or one beside
 * `Transfer-Encoding`.
 */
export function isClearHead({ httpVersion, url = '', headers, rawHeaders }: IncomingMessage): boolean {
  const { host } = headers;
  // HTTP/1.0 has no Host, and health checks still speak it.
  if (host === undefined && httpVersion !== '1.0') return false;
  // A client of HTTP/1.0 knows of no chunks: what sends them was not understood by somebody on the way.
  if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined) return false;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) return false;
  if (url.startsWith('/') || url === '*') return true;
  // A target with an authority of its own overrules Host (RFC 9112, section 3.2.2): only the same one is unambiguous.
  return URL.parse(url)?.host === host?.toLowerCase();
}
