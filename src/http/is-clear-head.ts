import type { IncomingMessage } from 'node:http';

/**
 * Whether the head of a request is unambiguous about its target and host. Otherwise a proxy in front may have
 * understood it differently. Lengths are left to the parser, which rejects two of them, and one beside
 * `Transfer-Encoding`.
 */
export function isClearHead({ httpVersion, url = '', headers, rawHeaders }: IncomingMessage): boolean {
  const { host } = headers;
  // HTTP/1.0 has no Host, and health checks still use it.
  if (host === undefined && httpVersion !== '1.0') return false;
  // HTTP/1.0 has no chunks, so somebody in between misread a request that sends them.
  if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined) return false;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) return false;
  if (!isPlainPath(url)) return false;
  if (url.startsWith('/') || url === '*') return true;
  // A target with an authority overrides Host (RFC 9112, section 3.2.2), so only the same one is unambiguous.
  return URL.parse(url)?.host === host?.toLowerCase();
}

const dotSegment = /^(?:\.|%2e){1,2}$/i;

/**
 * Whether a target means the path that it spells. URL parsers resolve `/docs/../environments`, and read `\\` as `/`;
 * a proxy that judges by the first folder may not.
 */
function isPlainPath(url: string): boolean {
  const [path = ''] = url.split('?', 1);
  return !path.includes('\\') && !path.split('/').some((segment) => dotSegment.test(segment));
}
