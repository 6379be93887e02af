import { isFinal, jobStates } from '../../core/contract/jobs/job-state.ts';
import type { RedisLink } from '../../redis/open-redis.ts';
import type { JobLogEvent } from '../jobs.ts';
import { PREFIX, type JobCommands } from './commands.ts';
import type { News } from './news.ts';
import { nextChange } from './wait-for-end.ts';

export interface LogParts {
  readonly link: RedisLink;
  readonly commands: JobCommands;
  readonly news: News;
}

/** Events that are read at once. */
const PAGE = 200;
/** Milliseconds. */
const FOR_EVER = 2 ** 31 - 1;

/** Yields the kept events of a job after a number, then those to come, until its end. */
export async function* watchLog(
  { link, commands, news }: LogParts,
  name: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JobLogEvent, void> {
  const read = (from: number): Promise<JobLogEvent[]> => readEvents(link, name, from);
  // A number from the future is of another job.
  let last = after > (await lastNumber(link, name)) ? 0 : after;
  for (;;) {
    signal.throwIfAborted();
    const state = await commands.peek(name);
    const events = await read(last);
    for (const event of events) {
      const skipped = event.id - last - 1;
      if (skipped > 0) yield { id: event.id - 1, event: 'skipped', data: { events: skipped } };
      last = event.id;
      yield event;
    }
    if (events.length > 0) continue;
    // The last event was there before the state was.
    if (state === undefined || isFinal(state)) return;
    await nextChange(
      news,
      name,
      { most: FOR_EVER, signal },
      async () => (await lastNumber(link, name)) > last,
    );
  }
}

async function lastNumber(link: RedisLink, name: string): Promise<number> {
  return Number((await link.run((redis) => redis.hget(`${PREFIX}job:${name}`, 'events'))) ?? 0);
}

async function readEvents(link: RedisLink, name: string, after: number): Promise<JobLogEvent[]> {
  const entries = await link.run((redis) =>
    redis.xrange(`${PREFIX}log:${name}`, `(${after}-0`, '+', 'COUNT', PAGE),
  );
  return entries.map(([id, fields]) => toEvent(Number.parseInt(id, 10), fields));
}

/** Reads the fields of one entry, as the script writes them. */
function toEvent(id: number, [, event, , data = '']: readonly string[]): JobLogEvent {
  if (event === 'stdout' || event === 'stderr') return { id, event, data: { text: data } };
  const { state: name, attempts } = JSON.parse(data) as { readonly state: string; readonly attempts: number };
  const state = jobStates.find((one) => one === name);
  if (state === undefined) throw new Error(`an event of a job in Redis has the state ${name}`);
  return { id, event: 'state', data: { state, attempts } };
}
