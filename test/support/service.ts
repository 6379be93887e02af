import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { toAppOptions } from '../../src/doors.ts';
import { parseConfig } from '../../src/config.ts';
import type { Generation, Review } from '../../src/core/contract/generation/generation.ts';
import type { PolicyReport } from '../../src/core/contract/policy/policy.ts';
import type { FilesReport, WrittenFile } from '../../src/core/contract/files/returned-files.ts';
import type { EventListener } from '../../src/executor/events.ts';
import { createApp, type AppOptions } from '../../src/http/app.ts';
import { describeApi } from '../../src/http/openapi/document.ts';
import { listen } from '../../src/http/listen.ts';
import { openKeys } from '../../src/keys/open-keys.ts';
import { createService, type Service } from '../../src/service.ts';
import { createContractCheck, type OpenApi } from './contract.ts';

/** The fields of an answer that the tests look at; which ones are there depends on the outcome. */
export interface AnswerBody {
  success: boolean;
  result?: unknown;
  error?: string;
  error_type?: string;
  message?: string;
  stdout: string;
  stderr: string;
  return_code: number | null;
  suggestions?: string[];
  retryable?: boolean;
  available_functions?: string[];
  location?: { line: number; column?: number };
  traceback?: string;
  policy?: PolicyReport;
  review?: Review;
  execution: {
    id: string;
    duration_ms: number;
    cpu_ms: number;
    memory_peak_bytes: number;
    output: Record<'stdout' | 'stderr', { bytes: number; truncated: boolean }>;
    limits: Record<string, number>;
    isolation: string;
    enforcement: Record<string, string>;
    files?: FilesReport;
  };
  files: WrittenFile[];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire: numbers beyond JavaScript's are exact only here. */
  readonly text: string;
  readonly body: AnswerBody;
}

/** Answer to a request for a generated script. */
export interface GeneratedAnswer extends Omit<Answer, 'body'> {
  readonly body: AnswerBody & Generation;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
}

export interface TestService {
  readonly url: string;
  readonly service: Service;
  /** `POST /execute`; a string or bytes are sent as they are. Throws where the answer is not what the document says. */
  execute(body: unknown, options?: SendOptions): Promise<Answer>;
  /** `POST /generate-and-execute`, the same. */
  generate(body: unknown, options?: SendOptions): Promise<GeneratedAnswer>;
  /** Faults of the service itself: no test may cause one. */
  readonly incidents: readonly unknown[];
  close(): Promise<void>;
}

/** Options that no setting covers. */
export interface TestOptions {
  /** In milliseconds. */
  readonly heartbeatMs?: number;
  readonly sendTimeout?: number;
  /** Told what the log would be. */
  readonly onEvent?: EventListener;
  readonly onDenial?: AppOptions['onDenial'];
}

/**
 * A whole service in this process, on a free port: everything but the command line. It accepts the probe of a service
 * before it in the same run: `global-setup.ts` begins each run without one.
 */
export async function startService(
  overrides: Record<string, string> = {},
  { heartbeatMs, sendTimeout, onEvent = () => {}, onDenial }: TestOptions = {},
): Promise<TestService> {
  // One warm jail: with a pool that grows and shrinks nobody could say what an idle service has on the host.
  const config = parseConfig({ BRIG_MAX_WARM_JAILS: '1', ...pickSettings(process.env), ...overrides });
  const incidents: unknown[] = [];
  const keys = await openKeys({
    file: config.keysFile,
    own: config.apiKeys,
    redisUrl: config.redisUrl,
    interval: 50,
  });
  const service = await createService(config, { onEvent, rememberProbe: true });
  const parts = toAppOptions(config, service);
  const app = createApp({
    ...parts,
    keys,
    onDenial,
    onIncident: ({ error }) => incidents.push(error),
    heartbeatMs,
  });
  const door = await listen(app, { host: '127.0.0.1', port: 0, ...(sendTimeout && { sendTimeout }) });
  const { url } = door.address;
  const facts = { ...parts, hasKeys: keys !== undefined };
  const check = createContractCheck(JSON.parse(JSON.stringify(describeApi(facts))) as OpenApi);
  const post = async (path: string, body: unknown, options?: SendOptions): Promise<Answer> => {
    const answer = await postJson(`${url}${path}`, body, options);
    const complaints = check({ method: options?.method ?? 'POST', path, ...answer });
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return answer;
  };
  return {
    url,
    service,
    incidents,
    execute: (body, options) => post('/execute', body, options),
    generate: async (body, options) =>
      (await post('/generate-and-execute', body, options)) as GeneratedAnswer,
    close: async () => {
      keys?.close();
      await Promise.all([door.close(), service.close()]);
    },
  };
}

/** Which nsjail and which interpreter: whoever runs the tests may say so. */
function pickSettings(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('BRIG_')));
}

export const postExecute = (url: string, body: unknown, options?: SendOptions): Promise<Answer> =>
  postJson(`${url}/execute`, body, options);

function postJson(url: string, body: unknown, options: SendOptions = {}): Promise<Answer> {
  const { headers, ...rest } = options;
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return send(url, raw, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...rest,
  });
}

/** One request on a connection of its own, so that none stays open behind a test. */
export function send(url: string, body?: string | Uint8Array, options: SendOptions = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(url, { agent: false, ...options }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { statusCode = 0, headers } = incoming;
      resolve({ status: statusCode, headers, text, body: JSON.parse(text) as AnswerBody });
    });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
