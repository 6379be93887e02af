import { Agent, request } from 'node:http';
import type { AnswerBody } from '../../test/support/service.ts';
import type { KeyUse, Send, SoakAnswer } from './kind.ts';

export interface HttpClient extends Disposable {
  readonly send: Send;
}

/** Longer than any answer may take: a hang is a complaint, not the end of the soak. */
const PATIENCE_MS = 180_000;

/** A client that keeps its connections open. `keys` are those of the service: `main` where a request names none. */
export function createHttpClient(
  url: string,
  keys: Readonly<Partial<Record<KeyUse | 'main', string>>>,
): HttpClient {
  const agent = new Agent({ keepAlive: true });
  const send: Send = ({ method = 'POST', path = '/execute', body, headers = {}, signal, key = 'main' }) => {
    const done = Promise.withResolvers<SoakAnswer>();
    const payload = toPayload(body);
    const secret = keys[key];
    const outgoing = request(
      `${url}${path}`,
      {
        method,
        agent,
        timeout: PATIENCE_MS,
        ...(signal && { signal }),
        headers: {
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': payload.length,
          }),
          ...(secret !== undefined && { 'x-api-key': secret }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', done.reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = response.headers['content-type']?.startsWith('application/json') === true;
          const { statusCode: status = 0 } = response;
          const parsed = (isJson ? JSON.parse(text) : {}) as AnswerBody;
          done.resolve({ status, headers: response.headers, text, body: parsed });
        });
      },
    );
    outgoing.on('error', done.reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    outgoing.end(payload);
    return done.promise;
  };
  return { send, [Symbol.dispose]: () => agent.destroy() };
}

function toPayload(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
