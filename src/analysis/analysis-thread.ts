import { Worker } from 'node:worker_threads';
import { unknownAnalysis, type Analysis } from './analysis.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts';

/** Requests that may wait for the thread; beyond it they are answered at once, with nothing. */
const MAX_WAITING = 64;

/** MiB. The parser's own memory is WebAssembly's and does not count here; a tree of 1 MiB of script stays in it. */
const HEAP_LIMIT = 256;

/** Milliseconds without work after which the thread is ended: memory that a large script took never shrinks. */
const IDLE = 10_000;

interface Item extends WorkerRequest {
  readonly settle: (analysis: Analysis) => void;
}

/** One thread that analyses, one request at a time. It starts with the first, and never keeps the process alive. */
export interface AnalysisThread {
  /** Never rejects: what is not done within `deadline` milliseconds from now, or breaks the thread, is unknown. */
  analyze(script: string, wanted: string, deadline: number, signal?: AbortSignal): Promise<Analysis>;
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
    const { script, wanted } = item;
    worker.postMessage({ script, wanted } satisfies WorkerRequest);
  };

  const finish = (item: Item, analysis: Analysis): void => {
    if (current === item) current = undefined;
    waiting.delete(item);
    item.settle(analysis);
    next();
  };

  const start = (): Worker => {
    const made = startWorker();
    made.on('message', ({ analysis }: WorkerAnswer) => {
      if (worker === made && current !== undefined) finish(current, analysis ?? unknownAnalysis);
    });
    // A thread that failed says so by `error`, and every thread that ends by `exit`.
    made.on('error', () => undefined);
    made.on('exit', () => {
      if (worker !== made) return;
      worker = undefined;
      if (current !== undefined) finish(current, unknownAnalysis);
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
    finish(item, unknownAnalysis);
  };

  const analyze: AnalysisThread['analyze'] = async (script, wanted, deadline, signal) => {
    if (isClosed || waiting.size >= MAX_WAITING) return unknownAnalysis;
    const { promise, resolve: settle } = Promise.withResolvers<Analysis>();
    const item: Item = { script, wanted, settle };
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
    analyze,
    async close() {
      isClosed = true;
      clearTimeout(idle);
      const ended = stop();
      for (const item of [...waiting, ...(current === undefined ? [] : [current])])
        finish(item, unknownAnalysis);
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
