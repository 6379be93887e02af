import type { Job, JobLogEvent } from '../jobs/jobs.ts';
import { writeJob } from '../jobs/write-job.ts';
import type { StreamEvent } from './event-stream.ts';

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
