import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import { serializePieces } from '../core/serialize-outcome.ts';
import type { Job, JobLogEvent } from '../jobs/jobs.ts';
import type { StreamEvent } from './event-stream.ts';

const isRefusal = (outcome: Outcome | RefusalBody): outcome is RefusalBody => outcome.execution === null;

/** Writes a job as JSON, in pieces. */
export function* writeJob({ outcome, ...summary }: Job): Generator<string, void> {
  if (outcome === undefined) return yield JSON.stringify(summary);
  yield `${JSON.stringify(summary).slice(0, -1)},"outcome":`;
  if (isRefusal(outcome)) yield JSON.stringify(outcome);
  else yield* serializePieces(outcome);
  yield '}';
}

/**
 * Returns the events of a job for a stream; the last is `done`, with the job.
 * @param left aborted when the reader leaves.
 */
export function readJobEvents(
  log: AsyncIterable<JobLogEvent>,
  getJob: () => Promise<Job>,
  left: AbortController,
): AsyncIterator<StreamEvent, undefined> {
  const events = log[Symbol.asyncIterator]();
  let isOver = false;
  return {
    next: async () => {
      if (isOver) return { done: true, value: undefined };
      const { done, value } = await events.next().catch((error: unknown) => {
        // Nobody reads any more.
        if (left.signal.aborted) return { done: true, value: undefined } as const;
        throw error;
      });
      if (left.signal.aborted) return { done: true, value: undefined };
      if (done !== true)
        return {
          done: false,
          value: { id: value.id, event: value.event, data: [JSON.stringify(value.data)] },
        };
      isOver = true;
      return { done: false, value: { event: 'done', data: writeJob(await getJob()) } };
    },
    return: async () => {
      isOver = true;
      left.abort();
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
