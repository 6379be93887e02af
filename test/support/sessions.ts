import { request, type IncomingHttpHeaders } from 'node:http';
import type { SessionPosition } from '../../src/core/contract/sessions/session.ts';
import type { AnswerBody } from './service.ts';

/** A result of a cell, as it comes over the wire. */
export interface Result {
  main: boolean;
  data: Record<string, unknown>;
  omitted?: Record<string, number>;
}

export interface CellBody extends AnswerBody {
  results: Result[];
  results_truncated?: true;
  session: SessionPosition;
  lost_at?: string;
}

export interface Said<Body = CellBody> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: Body;
}

/** One request on a connection of its own; its answer is JSON, or bytes. */
export function ask<Body = CellBody>(
  url: string,
  method: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Said<Body>> {
  const { promise, resolve, reject } = Promise.withResolvers<Said<Body>>();
  const raw = body instanceof Uint8Array || body === undefined ? body : JSON.stringify(body);
  const type = typeof raw === 'string' ? { 'content-type': 'application/json' } : {};
  const length = { 'content-length': String(raw === undefined ? 0 : Buffer.byteLength(raw)) };
  const outgoing = request(
    url,
    { agent: false, method, headers: { ...type, ...length, ...headers }, signal },
    (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
        const parsed = (isJson ? JSON.parse(bytes.toString()) : undefined) as Body;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, body: parsed });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(raw);
  return promise;
}

/** A session over HTTP. */
export interface TestSession {
  readonly id: string;
  readonly url: string;
  run(script: string, more?: Readonly<Record<string, unknown>>): Promise<CellBody>;
  ask<Body = CellBody>(method: string, path?: string, body?: unknown): Promise<Said<Body>>;
  close(): Promise<void>;
}

export async function openTestSession(
  service: string,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<TestSession> {
  const opened = await ask<{ id: string; message?: string }>(`${service}/sessions`, 'POST', body, headers);
  if (opened.status !== 201) throw new Error(`${opened.status} ${opened.body.message ?? ''}`);
  const url = `${service}/sessions/${opened.body.id}`;
  return {
    id: opened.body.id,
    url,
    run: async (script, more = {}) =>
      (await ask(`${url}/execute`, 'POST', { script, ...more }, headers)).body,
    ask: (method, path = '', sent) => ask(`${url}${path}`, method, sent, headers),
    close: async () => void (await ask(url, 'DELETE', undefined, headers)),
  };
}
