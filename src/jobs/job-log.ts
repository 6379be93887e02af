import { createBell } from './bell.ts';
import type { JobLogEvent } from './jobs.ts';

/** The latest events of a job, numbered from 1. */
export interface JobLog {
  append(event: JobLogEvent['event'], data: JobLogEvent['data']): void;
  /** Marks the end: nothing is appended any more. */
  end(): void;
  /** Yields the kept events after a number, then those to come, until the end. */
  readFrom(after: number, signal: AbortSignal): AsyncGenerator<JobLogEvent, void>;
  /** Bytes in memory. */
  readonly bytes: number;
  /** Readers that wait for the next event. */
  readonly waiting: number;
}

/** Bytes of events that are kept; the outcome has the whole output. */
const MOST_BYTES = 64 * 1024;
/** Bytes of an event besides its text. */
const EVENT = 128;

export function createJobLog(mostBytes = MOST_BYTES): JobLog {
  let events: { readonly event: JobLogEvent; readonly bytes: number }[] = [];
  let bytes = 0;
  let last = 0;
  let isEnded = false;
  const bell = createBell();
  const trim = (): void => {
    let count = 0;
    for (; bytes > mostBytes && count < events.length - 1; count += 1) bytes -= events[count]?.bytes ?? 0;
    if (count > 0) events = events.slice(count);
  };

  return {
    get bytes() {
      return bytes;
    },
    get waiting() {
      return bell.waiting;
    },
    append: (event, data) => {
      if (isEnded) return;
      last += 1;
      const size = EVENT + ('text' in data ? 2 * data.text.length : 0);
      events.push({ event: { id: last, event, data }, bytes: size });
      bytes += size;
      trim();
      bell.ring();
    },
    end: () => {
      isEnded = true;
      bell.ring();
    },
    readFrom: async function* (after, signal) {
      // A number from the future is of another life of the service.
      let read = after > last ? 0 : after;
      for (;;) {
        signal.throwIfAborted();
        const first = events[0]?.event.id ?? last + 1;
        const skipped = first - 1 - read;
        if (skipped > 0) {
          read = first - 1;
          yield { id: read, event: 'skipped', data: { events: skipped } };
          continue;
        }
        const next = events[read + 1 - first]?.event;
        if (next !== undefined) {
          read = next.id;
          yield next;
        } else if (isEnded) return;
        else await bell.wait(signal);
      }
    },
  };
}
