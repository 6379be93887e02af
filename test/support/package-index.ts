import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of files on the loopback, which a build jail reaches as it does any other, and what it was asked for. */
export interface FileServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
}

/**
 * @param find the answer for a path; 404 where there is none.
 * @param login `user:password` without which nothing is given.
 */
export async function startFileServer(
  find: (path: string) => Buffer | string | undefined,
  login?: string,
): Promise<FileServer> {
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const expected = login && `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    if (expected !== undefined && request.headers.authorization !== expected) {
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
    }
    const body = find(path);
    if (body === undefined) return response.writeHead(404).end();
    const type = typeof body === 'string' ? 'text/html' : 'application/octet-stream';
    return response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The page of an index for one package: links to its files. */
export const writeIndexPage = (addresses: readonly string[]): string =>
  addresses.map((address) => `<a href="${address}">${address.split('/').at(-1) ?? ''}</a>`).join('\n');
