import { setImmediate as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';

/** One event of a stream: its name, and its data as JSON in pieces. */
export interface StreamEvent {
  readonly event: string;
  readonly data: Iterable<string>;
  /** Number from which a reader may go on later. */
  readonly id?: number | undefined;
}

export interface EventStreamOptions {
  /** Milliseconds of silence after which a comment is sent. */
  readonly heartbeatMs?: number | undefined;
  /** Result taken from the iterator already, when the answer depends on it. */
  readonly first?: IteratorResult<StreamEvent, undefined> | undefined;
  /** Converts an error into the last event. */
  readonly fail: (thrown: unknown) => StreamEvent;
}

/** Below the idle timeout of common proxies, 30 s and more. */
const HEARTBEAT_MS = 15_000;
/** A comment in the format of event streams, which readers skip. */
const HEARTBEAT = ':\n\n';
/** UTF-16 units sent in one go. */
const PIECE = 64 * 1024;

type Events = AsyncIterator<StreamEvent, undefined>;

/**
 * Answers with events as they come (`text/event-stream`), no faster than they are read. A reader that leaves ends the
 * iterator (`return`).
 */
export function respondEventStream(
  c: Context<AppEnv>,
  events: Events,
  { heartbeatMs = HEARTBEAT_MS, fail, first }: EventStreamOptions,
): Response {
  const texts = writeEvents(events, { heartbeatMs, fail, first });
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
  // Keeps nginx and similar proxies from buffering the events.
  return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
}

async function* writeEvents(
  events: Events,
  { heartbeatMs, fail, first }: EventStreamOptions & { readonly heartbeatMs: number },
): AsyncGenerator<string> {
  try {
    for (let upcoming = first === undefined ? events.next() : Promise.resolve(first); ;) {
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
    yield* writeEvent(fail(error));
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

/** Writes one event, in pieces between which other requests have their turn. */
async function* writeEvent({ event, data, id }: StreamEvent): AsyncGenerator<string> {
  let gathered = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: `;
  for (const piece of data) {
    // The JSON of a result is the script's own text, and may contain line breaks.
    gathered += piece.replaceAll(/\r\n?|\n/g, '\ndata: ');
    if (gathered.length < PIECE) continue;
    yield gathered;
    gathered = '';
    await pause();
  }
  yield `${gathered}\n\n`;
}
