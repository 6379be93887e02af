import { EventSourceParserStream } from 'eventsource-parser/stream';
import { readJson } from './read-json.ts';
import type { RequestBody } from './request.ts';
import type { Answer, Facts, HealthFacts, StreamEvent } from './types.ts';

/** URL of the service: the page's own folder, so that it works below any path of a gateway. */
export const serviceUrl = new URL('.', document.baseURI).href.replace(/\/$/, '');

/** Thrown when the service wants a key, or another one. */
export class KeyNeeded extends Error {}

const headersFor = (key: string): Record<string, string> =>
  key === '' ? {} : { authorization: `Bearer ${key}` };

/** Returns the runtimes and limits. Throws KeyNeeded. */
export async function loadFacts(key: string): Promise<Facts> {
  const response = await fetch(`${serviceUrl}/runtimes`, { headers: headersFor(key) });
  if (response.status === 401) throw new KeyNeeded();
  if (!response.ok) throw new Error(`GET /runtimes answered ${response.status}`);
  return (await response.json()) as Facts;
}

/** Returns the report of the last attack on each layer; the same for a healthy service and an unhealthy one. */
export async function loadHealth(): Promise<HealthFacts> {
  const response = await fetch(`${serviceUrl}/health`);
  return (await response.json()) as HealthFacts;
}

/**
 * Runs a request and yields its events; the last one is `end`, with the answer or the refusal. An aborted signal ends
 * the execution in the service too. Throws KeyNeeded, and an error when the connection breaks.
 */
export async function* execute(
  body: RequestBody,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const response = await fetch(`${serviceUrl}/execute`, {
    method: 'POST',
    headers: { ...headersFor(key), accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  if (response.status === 401) throw new KeyNeeded();
  if (response.body === null || !isEventStream(response)) {
    yield { kind: 'end', answer: readJson(await response.text()) as Answer };
    return;
  }
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) {
    const read = readEvent(event, data);
    if (read === undefined) continue;
    yield read;
    if (read.kind === 'end') return;
  }
  throw new Error('The connection broke before the execution ended.');
}

const isEventStream = (response: Response): boolean =>
  response.headers.get('content-type')?.startsWith('text/event-stream') === true;

function readEvent(event: string | undefined, data: string): StreamEvent | undefined {
  switch (event) {
    case 'start':
      return { kind: 'start', id: (JSON.parse(data) as { id: string }).id };
    case 'stdout':
    case 'stderr':
      return { kind: event, text: (JSON.parse(data) as { text: string }).text };
    case 'done':
    case 'error':
      return { kind: 'end', answer: readJson(data) as Answer };
    case undefined:
    default:
      return undefined;
  }
}
