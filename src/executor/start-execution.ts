import type { GenerationEvent } from '../core/contract/generation/generation.ts';
import type { ResultEvent } from '../core/contract/sessions/session.ts';
import type { ExecutionEvent } from '../core/contract/stream-event.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { ExecuteOptions } from './executor.ts';

/**
 * A running execution: await it for its outcome, or read its events with `for await`. The last event is `done`, with
 * the outcome; the loop throws whatever the promise rejects with.
 *
 * Events are kept from the moment a reader begins, up to about 64 KiB; a slower reader delays the script. Leaving the
 * loop early ends the execution. Events can be read once.
 */
export interface Execution<O> extends Promise<O> {
  [Symbol.asyncIterator](): AsyncIterableIterator<ExecutionEvent<O>, undefined>;
}

/** The same for an execution whose script a model writes first. */
export interface Generation<O> extends Promise<O> {
  [Symbol.asyncIterator](): AsyncIterableIterator<
    ExecutionEvent<O> | GenerationEvent | ResultEvent,
    undefined
  >;
}

interface ProgressOptions extends ExecuteOptions {
  readonly onProgress?: ((event: GenerationEvent | ResultEvent) => void) | undefined;
}

/** Starts `execute` with these options, and makes its events readable. */
export function startExecution<O>(
  execute: (options: ExecuteOptions) => Promise<O>,
  options: ExecuteOptions = {},
): Execution<O> {
  // An executor emits no events of a generation.
  return startGeneration(execute, options) as Execution<O>;
}

/** Starts an execution whose script a model writes first. */
export function startGeneration<O>(
  execute: (options: ProgressOptions) => Promise<O>,
  options: ProgressOptions = {},
): Generation<O> {
  const left = new AbortController();
  let queue: EventQueue | undefined;
  const outcome = execute({
    ...options,
    signal: options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]),
    onStart: (start) => {
      options.onStart?.(start);
      queue?.start(start.id);
    },
    onProgress: (event) => {
      options.onProgress?.(event);
      queue?.tell(event);
    },
    onOutput: (stream, chunk) => waitForBoth(options.onOutput?.(stream, chunk), queue?.output(stream, chunk)),
  });
  const iterate = (): AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent | ResultEvent, undefined> => {
    if (queue !== undefined) throw new TypeError('The events of an execution can be read only once.');
    queue = createEventQueue();
    return readEvents(outcome, queue, left);
  };
  return Object.assign(outcome, { [Symbol.asyncIterator]: iterate });
}

function waitForBoth(one: void | Promise<void>, other: void | Promise<void>): void | Promise<void> {
  if (one === undefined || other === undefined) return one ?? other;
  return Promise.all([one, other]).then(() => undefined);
}

type Ending<O> = { readonly outcome: O } | { readonly error: unknown };

/**
 * Not a generator: the `return` of a generator waits until its pending `next` settles, and here `return` is what
 * settles it.
 */
function readEvents<O>(
  outcome: Promise<O>,
  queue: EventQueue,
  left: AbortController,
): AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent | ResultEvent, undefined> {
  let ending: Ending<O> | undefined;
  let isOver = false;
  // A reader of the events sees a failure there, so the promise need not be awaited as well.
  const settled = outcome
    .then(
      (value): Ending<O> => ({ outcome: value }),
      (error: unknown): Ending<O> => ({ error }),
    )
    .then((how) => {
      ending = how;
      return queue.end();
    });
  const over = { done: true, value: undefined } as const;
  const events: AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent | ResultEvent, undefined> = {
    next: async () => {
      for (; !isOver; await queue.arrival()) {
        const event = queue.take();
        if (event !== undefined) return { done: false, value: event };
        if (ending === undefined) continue;
        isOver = true;
        if ('error' in ending) throw ending.error;
        return { done: false, value: { event: 'done', data: ending.outcome } };
      }
      return over;
    },
    return: async () => {
      isOver = true;
      queue.close();
      left.abort();
      await settled;
      return over;
    },
    [Symbol.asyncIterator]: () => events,
  };
  return events;
}
