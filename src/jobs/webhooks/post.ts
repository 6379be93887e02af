import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overTls } from 'node:https';
import { connect as secure } from 'node:tls';
import type { Destination } from '../../core/contract/network/entry.ts';
import type { NetworkGrant } from '../../core/contract/network/grant.ts';
import { connect } from '../../network/keeper/connect.ts';
import { createResolver } from '../../network/keeper/resolve.ts';

export interface Post {
  readonly url: URL;
  readonly destination: Destination;
  readonly grant: NetworkGrant;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Milliseconds for a whole try. */
const PATIENCE = 15_000;

/**
 * Sends a body to an address that was judged, and returns the status of the answer; what else it says is not read. The
 * name is looked up once, and no redirect is followed.
 * @throws Error when there is no answer in time.
 */
export async function post({ url, destination, grant, headers, body }: Post): Promise<number> {
  const signal = AbortSignal.timeout(PATIENCE);
  const resolver = createResolver({ servers: [] });
  const socket = await connect(destination, { grant, resolver, signal });
  const isSecure = url.protocol === 'https:';
  const servername = destination.kind === 'name' ? destination.host : undefined;
  const options = {
    ...{
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    },
    createConnection: () =>
      isSecure ? secure({ socket, host: destination.host, ...(servername && { servername }) }) : socket,
  };
  try {
    return await new Promise<number>((resolve, reject) => {
      const outgoing = (isSecure ? overTls : overHttp)(url, options);
      outgoing.on('error', reject);
      outgoing.on('response', (incoming: IncomingMessage) => resolve(incoming.statusCode ?? 0));
      outgoing.end(body);
    });
  } finally {
    socket.destroy();
  }
}
