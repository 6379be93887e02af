import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Answer, AnswerBody, Door, RawResponse, RequestBody } from './attack.ts';

/** A response over this is cut: no answer of a service to an attack is longer. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Longer than any attack's execution and its wait for a place together. */
const ANSWER_MS = 120_000;
/** For raw bytes: a service that says nothing to them by then will not. */
const SILENCE_MS = 5000;

/** A deployment, seen through its port alone. */
export function openDoor(url: URL, key: string | undefined): Door {
  const credentials: Readonly<Record<string, string>> = key === undefined ? {} : { 'X-API-Key': key };
  const base = url.pathname.replace(/\/$/, '');
  const send: Door['send'] = ({ method = 'GET', path, headers = {}, body, withoutKey = false }) =>
    exchange(url, {
      method,
      path: `${base}${path}`,
      headers: { ...headers, ...(withoutKey ? {} : credentials) },
      ...(body !== undefined && { body }),
    });
  const execute = async (body: RequestBody): Promise<Answer> => {
    const { status, text } = await send({
      method: 'POST',
      path: '/execute',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const payload = text.slice(text.indexOf('\r\n\r\n') + 4);
    return { status, text: payload, body: parseBody(payload) };
  };
  return { url, credentials, send, execute, sendBytes: (bytes) => sendBytes(url, bytes) };
}

/** Returns an empty object for text that is no JSON: it lacks every member that an attack looks for. */
function parseBody(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return { message: text.slice(0, 200) };
  }
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function exchange(url: URL, { method, path, headers, body }: Outgoing): Promise<RawResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = make(
    // A path of an attack is sent as it is, not as a URL would have it.
    {
      host: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port,
      method,
      path,
      headers,
      agent: false,
      timeout: ANSWER_MS,
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) incoming.destroy(new Error('The answer is too long.'));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, rawHeaders } = incoming;
        const lines = rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
        );
        const text = `${lines.join('\r\n')}\r\n\r\n${Buffer.concat(chunks).toString('utf8')}`;
        resolve({ status: statusCode, text });
      });
    },
  );
  outgoing.on('timeout', () =>
    outgoing.destroy(new Error(`Nothing was answered within ${ANSWER_MS / 1000} s.`)),
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

function sendBytes(url: URL, bytes: string | Uint8Array): Promise<RawResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const port = Number(url.port || (isSecure ? 443 : 80));
  const socket = isSecure ? connectSecurely({ host, port }) : connect({ host, port });
  let text = '';
  const finish = (): void => {
    socket.destroy();
    resolve({ status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), text });
  };
  socket.setTimeout(SILENCE_MS, finish);
  socket.on('data', (chunk: Buffer) => {
    if (text.length < MOST_BYTES) text += chunk.toString('latin1');
  });
  socket.on('end', finish);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // A connection that is cut is an answer too.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish();
    else reject(error);
  });
  socket.write(bytes);
  return promise;
}
