import { Worker } from 'node:worker_threads';
import type { AnswerTo, Question, WorkerAnswer } from './worker-messages.ts';

/** Requests that may wait for the thread; beyond it they are answered at once, with nothing. */
const MAX_WAITING = 64;

/** MiB. The parser's own memory is WebAssembly's and does not count here; a tree of 1 MiB of script stays in it. */
const HEAP_LIMIT = 256;

/** Milliseconds without work after which the thread is ended: memory that a large script took never shrinks. */
const IDLE = 10_000;

interface Item {
  readonly question: Question;
  readonly settle: (answer: AnswerTo<Question> | undefined) => void;
}

/** One thread that analyses, one request at a time. It starts with the first, and never keeps the process alive. */
export interface AnalysisThread {
  /** Never rejects: undefined for what is not done within `deadline` milliseconds from now, or breaks the thread. */
  ask<Q extends Question>(
    question: Q,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<AnswerTo<Q> | undefined>;
  /** Ends the thread and answers those that wait; idempotent. */
  close(): Promise<void>;
}

export function createAnalysisThread(): AnalysisThread {
  const waiting = new Set<Item>();
  let current: Item | undefined;
  let worker: Worker | undefined;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;

  const next = (): void => {
    const [item] = waiting;
    if (current !== undefined || isClosed) return;
    clearTimeout(idle);
    if (item === undefined) {
      idle = setTimeout(() => void stop(), IDLE).unref();
      return;
    }
    waiting.delete(item);
    current = item;
    worker ??= start();
    worker.postMessage(item.question);
  };

  const finish = (item: Item, answer?: AnswerTo<Question>): void => {
    if (current === item) current = undefined;
    waiting.delete(item);
    item.settle(answer);
    next();
  };

  const start = (): Worker => {
    const made = startWorker();
    made.on('message', ({ answer }: WorkerAnswer) => {
      if (worker === made && current !== undefined) finish(current, answer);
    });
    // A thread that failed says so by `error`, and every thread that ends by `exit`.
    made.on('error', () => undefined);
    made.on('exit', () => {
      if (worker !== made) return;
      worker = undefined;
      if (current !== undefined) finish(current);
    });
    return made;
  };

  /** Ends the thread, with whatever it does; the next request starts another. */
  const stop = async (): Promise<void> => {
    const last = worker;
    worker = undefined;
    await last?.terminate();
  };

  /** Gives a request up; the thread that works on it cannot be asked to stop, only ended. */
  const giveUp = (item: Item): void => {
    if (current === item) void stop();
    finish(item);
  };

  const ask = async (
    question: Question,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<AnswerTo<Question> | undefined> => {
    if (isClosed || waiting.size >= MAX_WAITING) return undefined;
    const { promise, resolve: settle } = Promise.withResolvers<AnswerTo<Question> | undefined>();
    const item: Item = { question, settle };
    const timer = setTimeout(giveUp, deadline, item);
    const onAbort = (): void => giveUp(item);
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.add(item);
    next();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };

  return {
    ask,
    async close() {
      isClosed = true;
      clearTimeout(idle);
      const ended = stop();
      for (const item of [...waiting, ...(current === undefined ? [] : [current])]) finish(item);
      await ended;
    },
  };
}

function startWorker(): Worker {
  // The sources run as they are, and `dist` holds what they were compiled to: the neighbour has our own extension.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT, stackSizeMb: 4 },
  });
  worker.unref();
  return worker;
}
