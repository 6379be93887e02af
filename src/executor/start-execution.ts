import type { GenerationEvent } from '../core/generation/generation.ts';
import type { ExecutionEvent } from '../core/stream-event.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { ExecuteOptions } from './executor.ts';

/**
 * An execution that runs: await it for its outcome, or read its events with `for await`. The last event is `done`, with the
 * outcome; what the promise rejects with, the loop throws.
 *
 * Events are kept for a reader from the moment on in which it begins to read, and no more than some 64 KiB of them: a
 * reader that is slower holds the script up. Leaving the loop early ends the execution. Events can be read once.
 */
export interface Execution<O> extends Promise<O> {
  [Symbol.asyncIterator](): AsyncIterableIterator<ExecutionEvent<O>, undefined>;
}

/** The same of one whose script a model writes first. */
export interface Generation<O> extends Promise<O> {
  [Symbol.asyncIterator](): AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent, undefined>;
}

interface ProgressOptions extends ExecuteOptions {
  readonly onProgress?: ((event: GenerationEvent) => void) | undefined;
}

/** Starts what `execute` executes, with these options and its events to be had. */
export function startExecution<O>(
  execute: (options: ExecuteOptions) => Promise<O>,
  options: ExecuteOptions = {},
): Execution<O> {
  // What only tells of executions has no other events.
  return startGeneration(execute, options) as Execution<O>;
}

/** Starts what has a script written and executes it. */
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
  const iterate = (): AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent, undefined> => {
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

/** Not a generator: the `return` of one waits until its `next` is done, and here it is what ends the waiting. */
function readEvents<O>(
  outcome: Promise<O>,
  queue: EventQueue,
  left: AbortController,
): AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent, undefined> {
  let ending: Ending<O> | undefined;
  let isOver = false;
  // Who reads the events hears of a failure there: the promise need not be awaited as well.
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
  const events: AsyncIterableIterator<ExecutionEvent<O> | GenerationEvent, undefined> = {
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
