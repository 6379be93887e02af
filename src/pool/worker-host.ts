import type { Transferable } from 'node:worker_threads';
import { createFairQueue, fitsPlaces, guessRetry } from './fair-queue.ts';
import { watchBudget } from './watch-budget.ts';
import { startThread, WorkerFailure, type ThreadOptions, type WorkerThread } from './worker-thread.ts';

export interface WorkerHostOptions extends ThreadOptions {
  /** Milliseconds without work after which the thread is ended: memory that a large job took never shrinks. */
  readonly idleMs: number;
  /** Jobs that may wait, of all callers together. */
  readonly waitingRoom: number;
  /** Longest wait for a turn, in seconds. */
  readonly maxWait: number;
  /** What is said to whoever is sent away. */
  readonly busy: string;
}

export interface WorkerJob<Question> {
  /** Whose job it is: callers take turns. */
  readonly caller: string;
  readonly question: Question;
  /** What of the question is handed over instead of copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** CPU time that the job may take, in milliseconds; waiting, and time that others on the machine take, do not count. */
  readonly budgetMs: number;
  /** Longest wait for its turn, in seconds, where it is not the usual one. */
  readonly maxWait?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkerAnswer<Answer> {
  readonly answer: Answer;
  /** CPU time that it took, in milliseconds. */
  readonly spentMs: number;
}

/**
 * One thread for jobs that would hold up the event loop, one at a time, and the queue before it. A job over its budget
 * is ended with the thread; the next one gets another.
 */
export interface WorkerHost<Question, Answer> {
  /**
   * @throws WorkerFailure; Refusal `overloaded` where its turn does not come in time; the signal's reason where it aborts.
   */
  ask(job: WorkerJob<Question>): Promise<WorkerAnswer<Answer>>;
  /** Ends the thread, and what runs and waits with `closed`; idempotent. */
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

  /** Ends the thread, with whatever it does; the next job starts another. */
  const stop = async (): Promise<void> => {
    const last = current;
    current = undefined;
    await last?.terminate();
  };

  /** A thread that has served before may end because of an earlier job: the job is then asked again, of a fresh thread. */
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
      using _turn = await queue.enter(job.caller, { signal, maxWait: job.maxWait });
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

/** @param giveUp ends the thread that works on the job: it cannot be asked to stop. */
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

/** A promise that rejects with the signal's reason once it aborts, until it is disposed of. */
function rejectOnAbort(signal: AbortSignal): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the caller's own reason
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort) };
}
