import { isDeepStrictEqual } from 'node:util';
import { methodOf, toPath, type SmokeRequest } from './request.ts';

/** Result of one request. */
export interface SmokeResult {
  readonly request: SmokeRequest;
  readonly path: string;
  readonly milliseconds: number;
  /** `off` where the operator left the feature out. */
  readonly verdict: 'ok' | 'off' | 'failed';
  /** Why it is off, or what was wrong. */
  readonly because: string;
}

export interface Target {
  /** Base URL, without a slash at its end. */
  readonly base: string;
  readonly key: string | undefined;
}

/** Longest wait for one answer, in milliseconds: a runtime may be made ready for its first script. */
const PATIENCE_MS = 90_000;
/** Most characters of an answer that are told. */
const TOLD = 200;

/** Sends the requests one after the other. */
export async function* sendAll(
  target: Target,
  requests: readonly SmokeRequest[],
): AsyncGenerator<SmokeResult, void> {
  const saved = new Map<string, string>();
  for (const request of requests) {
    const path = toPath(request, saved);
    const started = performance.now();
    const answer = await send(target, request, path);
    const milliseconds = performance.now() - started;
    const found = request.saves?.pattern.exec(answer.text)?.[1];
    if (request.saves !== undefined && found !== undefined) saved.set(request.saves.as, found);
    yield { request, path, milliseconds, ...judge(request, answer) };
  }
}

interface Answer {
  /** 0 where there was none; the text is the reason. */
  readonly status: number;
  readonly text: string;
}

async function send(target: Target, request: SmokeRequest, path: string): Promise<Answer> {
  try {
    const response = await fetch(target.base + path, {
      method: methodOf(request),
      headers: {
        ...(request.body !== undefined && { 'Content-Type': 'application/json' }),
        ...(target.key !== undefined && { 'X-API-Key': target.key }),
        ...request.headers,
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause } = error as Error;
    return { status: 0, text: (cause instanceof Error ? cause : (error as Error)).message };
  }
}

/** Judges an answer. */
export function judge(
  { status, has = {}, off }: SmokeRequest,
  answer: Answer,
): Pick<SmokeResult, 'verdict' | 'because'> {
  if (off?.statuses.includes(answer.status) === true && answer.status !== status)
    return { verdict: 'off', because: off.because };
  const told = answer.text.slice(0, TOLD);
  if (answer.status === 0) return { verdict: 'failed', because: `no answer: ${told}` };
  if (answer.status !== status)
    return { verdict: 'failed', because: `status ${answer.status} in place of ${status}: ${told}` };
  const body = Object.keys(has).length === 0 ? {} : parse(answer.text);
  const wrong = Object.keys(has).filter((name) => !isDeepStrictEqual(body[name], has[name]));
  if (wrong.length === 0) return { verdict: 'ok', because: '' };
  return { verdict: 'failed', because: `${wrong.join(', ')} differs: ${told}` };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
