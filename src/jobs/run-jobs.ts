import type { Executor } from '../executor/executor.ts';
import { attemptJob, pauseFor, type AttemptEnd } from './attempt-job.ts';
import type { JobRecord } from './job-record.ts';
import type { JobOrder } from './jobs.ts';
import type { WaitingLine } from './waiting-line.ts';

export interface RunnerOptions {
  readonly execute: Executor['execute'];
  /** Jobs under way at once. */
  readonly places: number;
  readonly line: WaitingLine<JobRecord>;
  /** Called before a job is handed to the executor. */
  readonly onStart: (record: JobRecord) => void;
  readonly onEnd: (record: JobRecord, attempt: number, end: AttemptEnd) => void;
}

export interface Runner {
  /** Starts the jobs that now may. */
  look(): void;
  close(): void;
}

/** Hands jobs of the line to the executor, whose queue shares the places between them and other executions. */
export function createRunner({ execute, places, line, onStart, onEnd }: RunnerOptions): Runner {
  const underWay = new Map<string, number>();
  /** Owners whose jobs found no place a moment ago: that may be for a bound of their own, and holds up nobody else. */
  const paused = new Set<string>();
  let running = 0;
  let isClosed = false;

  const count = (owner: string, change: 1 | -1): void => {
    running += change;
    const now = (underWay.get(owner) ?? 0) + change;
    if (now === 0) underWay.delete(owner);
    else underWay.set(owner, now);
  };

  const pause = (owner: string, seconds: number | undefined): void => {
    paused.add(owner);
    const goOn = (): void => {
      paused.delete(owner);
      look();
    };
    setTimeout(goOn, pauseFor(seconds)).unref();
  };

  const run = async (record: JobRecord, order: JobOrder): Promise<void> => {
    onStart(record);
    const { attempts } = record.status;
    record.running = new AbortController();
    count(record.owner, 1);
    const end = await attemptJob(execute, order, {
      id: record.id,
      signal: record.running.signal,
      onText: (stream, text) => record.log.append(stream, { text }),
    });
    if ('retryAfter' in end) pause(record.owner, end.retryAfter);
    record.running = undefined;
    count(record.owner, -1);
    onEnd(record, attempts, end);
    look();
  };

  const countOf = (owner: string): number => (paused.has(owner) ? Infinity : (underWay.get(owner) ?? 0));
  const takeNext = (): JobRecord | undefined =>
    !isClosed && running < places ? line.take(countOf) : undefined;

  const look = (): void => {
    for (let next = takeNext(); next?.order !== undefined; next = takeNext()) void run(next, next.order);
  };

  return {
    look,
    close: () => {
      isClosed = true;
    },
  };
}
