import { Worker } from 'node:worker_threads';
import { Refusal } from '../core/refusal.ts';
import type { BodyAnswer, BodyQuestion } from './body-messages.ts';
import type { BodyReaderName, BodyRules, BodyValue } from './body-readers.ts';

/** Bodies that may wait for the thread, of up to 32 MiB each; beyond it they are refused at once. */
const MAX_WAITING = 16;
/** Milliseconds from its arrival that a body has: the costliest of 32 MiB takes a few seconds. */
const DEADLINE = 30_000;
/** MiB. The costliest body of 32 MiB, of empty objects, takes some 700. */
const HEAP_LIMIT = 1024;
/** Milliseconds without work after which the thread is ended: memory that a large body took never shrinks. */
const IDLE = 30_000;

interface Item {
  readonly question: BodyQuestion;
  readonly resolve: (value: BodyValue<BodyReaderName>) => void;
  readonly reject: (reason: unknown) => void;
}

/** One thread that reads requests, one at a time. It starts with the first, and never keeps the process alive. */
export interface BodyThread {
  /**
   * Reads a body as the reader of this name does, and takes the memory of `body` over.
   * @throws Refusal as the reader does; `overloaded` where it is not done in time; `payload_too_large` where the
   *   values of a body take more memory than the thread has. The signal's reason, when it is aborted.
   */
  read<Name extends BodyReaderName>(
    reader: Name,
    body: Uint8Array<ArrayBuffer>,
    rules: BodyRules<Name>,
    signal?: AbortSignal,
  ): Promise<BodyValue<Name>>;
}

export function createBodyThread({ deadline = DEADLINE, heapLimit = HEAP_LIMIT } = {}): BodyThread {
  const waiting = new Set<Item>();
  let current: Item | undefined;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  const next = (): void => {
    const [item] = waiting;
    if (current !== undefined) return;
    clearTimeout(idle);
    if (item === undefined) {
      idle = setTimeout(stop, IDLE).unref();
      return;
    }
    waiting.delete(item);
    current = item;
    try {
      worker ??= start();
      worker.postMessage(item.question, [item.question.body.buffer]);
    } catch (error) {
      finish(item, () => item.reject(error));
    }
  };

  const finish = (item: Item, settle: () => void): void => {
    if (current === item) current = undefined;
    waiting.delete(item);
    settle();
    next();
  };

  const start = (): Worker => {
    const made = startWorker(heapLimit);
    const finishCurrent = (settle: (item: Item) => void): void => {
      const item = current;
      if (worker === made && item !== undefined) finish(item, () => settle(item));
    };
    made.on('message', (answer: BodyAnswer) => finishCurrent((item) => settleWith(item, answer)));
    // Every thread that ends says so by `exit`, one that failed by `error` before.
    let cause: unknown = new Error('The thread that reads bodies ended.');
    made.on('error', (error) => {
      cause = error;
    });
    made.on('exit', () => {
      if (worker !== made) return;
      const item = current;
      worker = undefined;
      if (item !== undefined) finish(item, () => item.reject(describeEnd(cause)));
    });
    return made;
  };

  /** Ends the thread, with whatever it does; the next body starts another. */
  const stop = (): void => {
    const last = worker;
    worker = undefined;
    void last?.terminate();
  };

  /** Gives a body up; the thread that works on it cannot be asked to stop, only ended. */
  const giveUp = (item: Item, reason: unknown): void => {
    if (current === item) stop();
    finish(item, () => item.reject(reason));
  };

  return {
    read: async <Name extends BodyReaderName>(
      reader: Name,
      body: Uint8Array<ArrayBuffer>,
      rules: BodyRules<Name>,
      signal?: AbortSignal,
    ) => {
      signal?.throwIfAborted();
      if (waiting.size >= MAX_WAITING) throw tooBusy();
      const { promise, resolve, reject } = Promise.withResolvers<BodyValue<BodyReaderName>>();
      const item: Item = { question: { reader, body, rules }, resolve, reject };
      const timer = setTimeout(() => giveUp(item, tooBusy()), deadline);
      const onAbort = (): void => giveUp(item, signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.add(item);
      next();
      try {
        // Who asks by a name is answered by its reader.
        return (await promise) as BodyValue<Name>;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      }
    },
  };
}

function settleWith({ resolve, reject }: Item, answer: BodyAnswer): void {
  if ('value' in answer) resolve(answer.value);
  else {
    const { category, message, suggestions } = answer.refusal;
    reject(new Refusal(category, message, { suggestions }));
  }
}

const tooBusy = (): Refusal =>
  new Refusal('overloaded', 'The body could not be read in time.', {
    retryAfter: 5,
    suggestions: ['Send the request again after the seconds in Retry-After, or a smaller one.'],
  });

/** What the end of a thread means for its body; anything but too little memory is our own fault. */
function describeEnd(cause: unknown): unknown {
  const { code } = cause as { code?: unknown };
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return cause;
  return new Refusal('payload_too_large', 'The body holds more values than can be read.', {
    suggestions: ['Pass data as stdin, or as one string, and let the script parse it.'],
    cause,
  });
}

function startWorker(heapLimit: number): Worker {
  // The sources run as they are, and `dist` holds what they were compiled to: the neighbour has our own extension.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./body-worker.${extension}`, import.meta.url), {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapLimit },
  });
  worker.unref();
  return worker;
}
