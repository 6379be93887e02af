import type { Outcome } from '../core/contract/outcome.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { Executor } from '../executor/executor.ts';
import { decodeOutput } from './decode-output.ts';
import type { JobRecord } from './job-record.ts';
import type { JobOrder } from './jobs.ts';
import type { WaitingLine } from './waiting-line.ts';

/** End of one attempt. */
export type AttemptEnd =
  | { readonly type: 'finished'; readonly outcome: Outcome }
  /** It can never run. */
  | { readonly type: 'refused'; readonly error: unknown }
  /** It did not run, and may later. */
  | { readonly type: 'no_place' }
  /** Its script was started, and the machine failed. */
  | { readonly type: 'lost' };

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

/** Milliseconds without a start after a job found no place. */
const PAUSE = { least: 200, most: 5000 };

/** Hands jobs of the line to the executor, whose queue shares the places between them and other executions. */
export function createRunner({ execute, places, line, onStart, onEnd }: RunnerOptions): Runner {
  const underWay = new Map<string, number>();
  let running = 0;
  let pausedUntil = 0;
  let isClosed = false;

  const count = (owner: string, change: 1 | -1): void => {
    running += change;
    const now = (underWay.get(owner) ?? 0) + change;
    if (now === 0) underWay.delete(owner);
    else underWay.set(owner, now);
  };

  const pause = (seconds = 0): void => {
    const wait = Math.min(PAUSE.most, Math.max(PAUSE.least, seconds * 1000)) * (0.5 + Math.random() / 2);
    pausedUntil = Date.now() + wait;
    setTimeout(look, wait + 1).unref();
  };

  const attempt = async (record: JobRecord, order: JobOrder): Promise<AttemptEnd> => {
    let isStarted = false;
    const output = decodeOutput((stream, text) => record.log.append(stream, { text }));
    try {
      const outcome = await execute(
        { ...order.plan, id: order.plan.id ?? record.id },
        {
          ...{ caller: order.caller, requestId: order.requestId, traceparent: order.traceparent },
          signal: record.running?.signal,
          onStart: () => {
            isStarted = true;
          },
          onOutput: output.take,
        },
      );
      output.end();
      return { type: 'finished', outcome };
    } catch (error) {
      if (!(error instanceof Refusal) || !error.retryable || error.category === 'internal_error')
        return { type: 'refused', error };
      pause(error.retryAfter);
      return { type: isStarted ? 'lost' : 'no_place' };
    }
  };

  const run = async (record: JobRecord, order: JobOrder): Promise<void> => {
    onStart(record);
    const { attempts } = record.status;
    record.running = new AbortController();
    count(record.owner, 1);
    const end = await attempt(record, order);
    record.running = undefined;
    count(record.owner, -1);
    onEnd(record, attempts, end);
    look();
  };

  const mayStart = (): boolean => !isClosed && running < places && Date.now() >= pausedUntil;
  const takeNext = (): JobRecord | undefined =>
    mayStart() ? line.take((owner) => underWay.get(owner) ?? 0) : undefined;

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
