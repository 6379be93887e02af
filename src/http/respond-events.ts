import { setImmediate as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import type { Outcome } from '../core/outcome.ts';
import { serializePieces } from '../core/serialize-outcome.ts';
import type { GenerationEvent } from '../core/generation/generation.ts';
import type { ExecutionEvent } from '../core/stream-event.ts';
import type { Generation } from '../executor/start-execution.ts';
import { toRefusal } from './answer-error.ts';
import type { AppEnv, Incident } from './app-env.ts';

export interface EventsOptions {
  readonly onIncident: (incident: Incident) => void;
  readonly heartbeatMs?: number | undefined;
}

/** Below the idle time of common proxies, 30 s and more. */
const HEARTBEAT_MS = 15_000;
/** A comment, in the format of event streams: readers skip it. */
const HEARTBEAT = ':\n\n';
/** UTF-16 units that are sent in one go. */
const PIECE = 64 * 1024;

/**
 * Answers with the events of an execution as they come (`text/event-stream`), no faster than they are read. The answer
 * begins with the first event: what is refused before is thrown, and gets the status that it would have had.
 */
export async function respondEvents(
  c: Context<AppEnv>,
  execution: Generation<Outcome>,
  { onIncident, heartbeatMs = HEARTBEAT_MS }: EventsOptions,
): Promise<Response> {
  const events = execution[Symbol.asyncIterator]();
  const first = await events.next();
  const fail = (thrown: unknown): string => {
    const { refusal, incident } = toRefusal(thrown, c, onIncident);
    c.set('refusal', refusal);
    return `event: error\ndata: ${JSON.stringify(refusal.toBody(incident))}\n\n`;
  };
  const texts = writeEvents(first, events, { heartbeatMs, fail });
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await events.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  // nginx and those that follow it would gather the events otherwise.
  return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
}

type AnyEvent = ExecutionEvent<Outcome> | GenerationEvent;
type Events = AsyncIterator<AnyEvent, undefined>;

interface WriteOptions {
  readonly heartbeatMs: number;
  /** The last event, for what was thrown. */
  readonly fail: (thrown: unknown) => string;
}

async function* writeEvents(
  first: IteratorResult<AnyEvent, undefined>,
  events: Events,
  { heartbeatMs, fail }: WriteOptions,
): AsyncGenerator<string> {
  try {
    for (let upcoming = Promise.resolve(first); ;) {
      const event = await within(upcoming, heartbeatMs);
      if (event === 'silence') {
        yield HEARTBEAT;
        continue;
      }
      if (event.done === true) return;
      yield* writeEvent(event.value);
      upcoming = events.next();
    }
  } catch (error) {
    yield fail(error);
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | 'silence'> {
  const silence = Promise.withResolvers<'silence'>();
  const timer = setTimeout(silence.resolve, milliseconds, 'silence');
  try {
    return await Promise.race([promise, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** One event, in pieces that are sent one by one; other requests have their turn in between. */
async function* writeEvent({ event, data }: AnyEvent): AsyncGenerator<string> {
  let gathered = `event: ${event}\ndata: `;
  for (const piece of event === 'done' ? serializePieces(data) : [JSON.stringify(data)]) {
    // The JSON of a result is the script's own text, and may have lines.
    gathered += piece.replaceAll(/\r\n?|\n/g, '\ndata: ');
    if (gathered.length < PIECE) continue;
    yield gathered;
    gathered = '';
    await pause();
  }
  yield `${gathered}\n\n`;
}
