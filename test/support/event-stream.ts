import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { generationEventSchemas, type Attempt } from '../../src/core/contract/generation/generation.ts';
import { streamEventSchemas } from '../../src/core/contract/stream-event.ts';
import type { AnswerBody } from './service.ts';

const schemas = { ...streamEventSchemas, ...generationEventSchemas };

export interface SeenEvent {
  readonly event: keyof typeof schemas;
  readonly data: AnswerBody & Omit<Attempt, keyof AnswerBody> & { text: string; id: string };
}

/** A streamed execution, seen by a caller who reads only when asked to. */
export interface OpenStream {
  readonly incoming: IncomingMessage;
  /** The next event, checked against its schema; undefined where the stream has ended. */
  next(): Promise<SeenEvent | undefined>;
  /** All events that are left. */
  rest(): Promise<SeenEvent[]>;
  /** Comments so far. */
  readonly comments: number;
  /** The caller goes away. */
  leave(): void;
}

export async function openStream(url: string, body: unknown, path = '/execute'): Promise<OpenStream> {
  const outgoing = request(`${url}${path}`, {
    agent: false,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  outgoing.end(JSON.stringify(body));
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  if (incoming.statusCode !== 200) throw new Error(`answered with ${incoming.statusCode}`);
  const seen = { comments: 0 };
  const events = readEvents(incoming, seen);
  const next = async (): Promise<SeenEvent | undefined> => {
    const { done, value } = await events.next();
    return done === true ? undefined : value;
  };
  return {
    incoming,
    next,
    rest: async () => {
      const all: SeenEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) all.push(event);
      return all;
    },
    get comments() {
      return seen.comments;
    },
    leave: () => outgoing.destroy(),
  };
}

/** As the standard has it: blocks of lines, with an empty line after each. A character that is cut would be an error. */
async function* readEvents(incoming: IncomingMessage, seen: { comments: number }): AsyncGenerator<SeenEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text: string[] = [];
  for await (const chunk of incoming) {
    const piece = decoder.decode(chunk as Uint8Array, { stream: true });
    text.push(piece);
    if (!piece.includes('\n')) continue;
    const blocks = text.join('').split('\n\n');
    text = [blocks.pop() ?? ''];
    for (const block of blocks) {
      if (block.startsWith(':')) seen.comments += 1;
      else yield parseEvent(block);
    }
  }
  if (text.join('') !== '') throw new Error('the stream ended within an event');
}

function parseEvent(block: string): SeenEvent {
  const [name = '', ...data] = block.split('\n');
  const event = name.replace(/^event: /, '') as keyof typeof schemas;
  if (data.some((line) => !line.startsWith('data: '))) throw new Error(`a line of ${name} is no data`);
  const parsed: unknown = JSON.parse(data.map((line) => line.slice('data: '.length)).join('\n'));
  schemas[event].parse(parsed);
  return { event, data: parsed as SeenEvent['data'] };
}

/** Joined content of the events of one stream. */
export const joinText = (events: readonly SeenEvent[], stream: 'stdout' | 'stderr'): string =>
  events
    .filter(({ event }) => event === stream)
    .map(({ data }) => data.text)
    .join('');
