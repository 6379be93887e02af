import type { GenerationEvent } from '../core/contract/generation/generation.ts';
import { measureParts } from '../core/contract/measure-outcome.ts';
import type { ResultEvent } from '../core/contract/sessions/session.ts';
import type { ProgressEvent } from '../core/contract/stream-event.ts';
import type { OutputListener } from '../sandbox/sandbox.ts';

/** Events that a reader gets before `done`. */
type QueuedEvent = ProgressEvent | GenerationEvent | ResultEvent;

/** Queue of events for a reader, who may be slower than the script. */
export interface EventQueue {
  start(id: string): void;
  /** Queues an event between executions, or a result of a cell, after the output before it. */
  tell(event: GenerationEvent | ResultEvent): void;
  /** Decodes output and queues it; returns a promise while the reader is too far behind. */
  readonly output: OutputListener;
  /** Marks the end. An incomplete character becomes U+FFFD. */
  end(): void;
  /** Drops queued and later events, because nobody reads any more. */
  close(): void;
  take(): QueuedEvent | undefined;
  /** Resolves when there may be an event to take, or after the end. */
  arrival(): Promise<void>;
}

/**
 * UTF-16 units queued before the script has to wait. With the content of the pipes, this is all that a slow reader
 * costs.
 */
const MOST_WAITING = 64 * 1024;
/** Cost of an event besides its text, in UTF-16 units. */
const EVENT_COST = 64;
/** Queued text is joined into events of about this many units. */
const EVENT_UNITS = 32 * 1024;

export function createEventQueue(): EventQueue {
  const decoders = { stdout: createDecoder(), stderr: createDecoder() };
  const waiting: QueuedEvent[] = [];
  let units = 0;
  let isClosed = false;
  let isEnded = false;
  let arrived = Promise.withResolvers<void>();
  let room: PromiseWithResolvers<void> | undefined;

  const put = (event: QueuedEvent): void => {
    if (isClosed) return;
    units += costOf(event);
    waiting.push(event);
    arrived.resolve();
  };

  const putText = (event: 'stdout' | 'stderr', text: string): void => {
    if (text === '') return;
    const last = waiting.at(-1);
    if (last?.event !== event || last.data.text.length > EVENT_UNITS) return put({ event, data: { text } });
    waiting[waiting.length - 1] = { event, data: { text: last.data.text + text } };
    units += text.length;
  };

  const flush = (): void => {
    for (const stream of ['stdout', 'stderr'] as const) putText(stream, decoders[stream].decode());
  };

  const makeRoom = (): void => {
    if (units > MOST_WAITING / 2) return;
    room?.resolve();
    room = undefined;
  };

  return {
    start: (id) => put({ event: 'start', data: { id } }),
    tell: (event) => {
      flush();
      put(event);
    },
    output: (stream, chunk) => {
      putText(stream, decoders[stream].decode(chunk, { stream: true }));
      return units <= MOST_WAITING ? undefined : (room ??= Promise.withResolvers<void>()).promise;
    },
    end: () => {
      flush();
      isEnded = true;
      arrived.resolve();
    },
    close: () => {
      isClosed = isEnded = true;
      units = waiting.length = 0;
      makeRoom();
      arrived.resolve();
    },
    take: () => {
      const event = waiting.shift();
      if (event !== undefined) units -= costOf(event);
      makeRoom();
      return event;
    },
    arrival: async () => {
      await arrived.promise;
      if (!isEnded) arrived = Promise.withResolvers();
    },
  };
}

/** Decodes like `stdout` and `stderr` of an outcome, where a byte order mark is an ordinary character. */
const createDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

const costOf = ({ data }: QueuedEvent): number =>
  'main' in data ? EVENT_COST + measureParts(data) / 2 : sumTexts(data);

const sumTexts = (data: object): number =>
  Object.values(data).reduce<number>(
    (sum, member) => sum + (typeof member === 'string' ? member.length : 0),
    EVENT_COST,
  );
