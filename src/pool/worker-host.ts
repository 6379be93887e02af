import type { Transferable } from 'node:worker_threads';
import { createFairQueue, fitsPlaces, guessRetry } from './fair-queue.ts';
import { watchBudget } from './watch-budget.ts';
import { startThread, WorkerFailure, type ThreadOptions, type WorkerThread } from './worker-thread.ts';

export interface WorkerHostOptions extends ThreadOptions {
  /** Milliseconds without a job after which the thread is ended: the memory of a large job is returned only then. */
  readonly idleMs: number;
  /** Maximum number of jobs that wait, of all callers together. */
  readonly waitingRoom: number;
  /** Longest wait for a turn, in seconds. */
  readonly maxWait: number;
  /** Message of the refusal when too many jobs wait, or one waits too long. */
  readonly busy: string;
}

export interface WorkerJob<Question> {
  /** Key of the caller's queue; callers take turns. */
  readonly queueKey: string;
  readonly question: Question;
  /** Parts of the question whose memory moves to the thread instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** CPU time that the job may take, in milliseconds. Neither waiting nor the CPU time of others counts. */
  readonly budgetMs: number;
  /** Longest wait for its turn, in seconds; the host's by default. */
  readonly maxWait?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkerAnswer<Answer> {
  readonly answer: Answer;
  /** CPU time of the job, in milliseconds. */
  readonly spentMs: number;
}

/**
 * Runs jobs that would hold up the event loop on a thread, one at a time, and queues the others. A job over its budget
 * ends together with the thread; the next job gets a new thread.
 */
export interface WorkerHost<Question, Answer> {
  /**
   * @throws WorkerFailure; Refusal `overloaded` when its turn does not come in time; otherwise the reason of the
   * aborted signal.
   */
  ask(job: WorkerJob<Question>): Promise<WorkerAnswer<Answer>>;
  /** Ends the thread; running and waiting jobs fail with `closed`. Idempotent. */
  close(): Promise<void>;
}

export function createWorkerHost<Question, Answer>(
  options: WorkerHostOptions,
  start = startThread,
): WorkerHost<Question, Answer> {
  const queue = createFairQueue({
    fits: fitsPlaces(1),
    waitingRoom: options.waitingRoom,
    maxWait: options.maxWait,
    retryAfter: guessRetry(1),
    describe: () => options.busy,
  });
  const closing = new AbortController();
  let current: WorkerThread | undefined;
  let idle: NodeJS.Timeout | undefined;

  /** Ends the thread and its job; the next job starts another thread. */
  const stop = async (): Promise<void> => {
    const last = current;
    current = undefined;
    await last?.terminate();
  };

  /** Runs a job. A used thread may end because of an earlier job; a new thread then gets the job again. */
  const work = async (job: WorkerJob<Question>, stopped: Promise<never>): Promise<WorkerAnswer<Answer>> => {
    for (;;) {
      if (current?.hasEnded === true) current = undefined;
      const thread = (current ??= start(options));
      const isUsed = thread.served > 0;
      try {
        return await askThread(thread, job, stopped, () => void stop());
      } catch (error) {
        const isOwnFault = !(error instanceof WorkerFailure) || error.kind !== 'ended' || !isUsed;
        if (isOwnFault || job.transfer !== undefined) throw error;
      }
    }
  };

  return {
    ask: async (job) => {
      const signals = [closing.signal, ...(job.signal === undefined ? [] : [job.signal])];
      const signal = AbortSignal.any(signals);
      using _turn = await queue.enter(job.queueKey, { signal, maxWait: job.maxWait });
      signal.throwIfAborted();
      clearTimeout(idle);
      using stopped = rejectOnAbort(signal);
      try {
        return await work(job, stopped.promise);
      } finally {
        idle = setTimeout(() => void stop(), options.idleMs).unref();
      }
    },
    close: async () => {
      closing.abort(new WorkerFailure('closed'));
      await queue.close();
      clearTimeout(idle);
      await stop();
    },
  };
}

/**
 * Puts a job to the thread and waits for its answer within its budget.
 * @param giveUp ends the thread, because a thread cannot be asked to stop.
 */
async function askThread<Question, Answer>(
  thread: WorkerThread,
  { question, transfer = [], budgetMs }: WorkerJob<Question>,
  stopped: Promise<never>,
  giveUp: () => void,
): Promise<WorkerAnswer<Answer>> {
  await Promise.race([thread.ready, stopped]);
  const before = await thread.measureCpu();
  const answer = thread.ask(question, transfer);
  const watch = watchBudget(thread, before, budgetMs);
  try {
    const given = (await Promise.race([answer, stopped, watch.over])) as Answer;
    return { answer: given, spentMs: (await thread.measureCpu()) - before };
  } catch (error) {
    answer.catch(() => undefined);
    giveUp();
    throw error;
  } finally {
    watch.end();
  }
}

/** Returns a promise that rejects with the signal's reason when it aborts, until it is disposed of. */
function rejectOnAbort(signal: AbortSignal): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the caller's own reason
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort) };
}
