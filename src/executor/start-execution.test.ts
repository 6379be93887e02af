import { describe, expect, it, vi } from 'vitest';
import type { ExecutionEvent } from '../core/contract/stream-event.ts';
import type { ExecuteOptions } from './executor.ts';
import { startExecution, startGeneration } from './start-execution.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

/** Creates an execution that a test steps through. */
function open(options?: ExecuteOptions) {
  const outcome = Promise.withResolvers<string>();
  let given: ExecuteOptions = {};
  const execution = startExecution((asked) => {
    given = asked;
    return outcome.promise;
  }, options);
  return { execution, outcome, given };
}

async function readAll(execution: AsyncIterable<ExecutionEvent<string>>): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of execution) events.push(event);
  return events;
}

describe('startExecution', () => {
  it('gives the outcome, and tells the listeners of its caller', async () => {
    const [onStart, onOutput] = [vi.fn(), vi.fn()];
    const { execution, outcome, given } = open({ onStart, onOutput });
    given.onStart?.({ id: 'mine' } as never);
    expect(given.onOutput?.('stdout', bytes('a'))).toBeUndefined();
    outcome.resolve('done');
    expect(await execution).toBe('done');
    expect(onStart).toHaveBeenCalledWith({ id: 'mine' });
    expect(onOutput).toHaveBeenCalledWith('stdout', bytes('a'));
  });

  it('gives its events from the moment that a reader begins, the outcome last', async () => {
    const { execution, outcome, given } = open();
    void given.onOutput?.('stdout', bytes('nobody reads this'));
    const events = readAll(execution);
    given.onStart?.({ id: 'mine' } as never);
    void given.onOutput?.('stderr', bytes('b'));
    await new Promise(setImmediate);
    outcome.resolve('done');
    expect(await events).toEqual([
      { event: 'start', data: { id: 'mine' } },
      { event: 'stderr', data: { text: 'b' } },
      { event: 'done', data: 'done' },
    ]);
  });

  it('can be read once, and is over when it has been read', async () => {
    const { execution, outcome } = open();
    const events = execution[Symbol.asyncIterator]();
    expect(events[Symbol.asyncIterator]()).toBe(events);
    outcome.resolve('done');
    expect(await events.next()).toMatchObject({ value: { event: 'done' } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(() => execution[Symbol.asyncIterator]()).toThrow('only once');
  });

  it('throws in the loop what it rejects with, which is nobody else’s to handle then', async () => {
    const { execution, outcome } = open();
    const events = readAll(execution);
    outcome.reject(new Error('no jail'));
    await expect(events).rejects.toThrow('no jail');
  });

  it('is ended by a reader who leaves', async () => {
    const { execution, outcome, given } = open();
    given.signal?.addEventListener('abort', () => outcome.reject(new Error('left')), { once: true });
    for await (const { event } of startRead(execution, () => given.onStart?.({ id: 'mine' } as never))) {
      expect(event).toBe('start');
      break;
    }
    expect(given.signal?.aborted).toBe(true);
    await expect(execution).rejects.toThrow('left');
  });

  it('ends with the signal of its caller, too', () => {
    const caller = new AbortController();
    const { given, execution } = open({ signal: caller.signal });
    expect(given.signal?.aborted).toBe(false);
    caller.abort(new Error('gone'));
    expect(given.signal?.reason).toMatchObject({ message: 'gone' });
    expect(execution).toBeInstanceOf(Promise);
  });

  it('has the script wait for whoever is behind: its listener, its reader, both', async () => {
    const listener = Promise.withResolvers<void>();
    const { execution, given } = open({ onOutput: () => listener.promise });
    const alone = given.onOutput?.('stdout', bytes('a'));
    expect(alone).toBe(listener.promise);
    const events = execution[Symbol.asyncIterator]();
    const both = given.onOutput?.('stdout', bytes('x'.repeat(100_000)));
    const passed = vi.fn();
    void both?.then(passed);
    listener.resolve();
    await new Promise(setImmediate);
    expect(passed).not.toHaveBeenCalled();
    expect(await events.next()).toMatchObject({ value: { event: 'stdout' } });
    await both;
    expect(passed).toHaveBeenCalledOnce();
  });
});

/** Starts to read, then runs `happen`. */
function startRead<T>(events: AsyncIterable<T>, happen: () => void): AsyncIterable<T> {
  const iterator = events[Symbol.asyncIterator]();
  happen();
  return { [Symbol.asyncIterator]: () => iterator };
}

it('tells what a model does, to the listener and to the reader', async () => {
  const onProgress = vi.fn();
  const event = { event: 'generated', data: { script: 'x' } } as never;
  const outcome = Promise.withResolvers<string>();
  const generation = startGeneration(
    (options) => {
      setImmediate(() => {
        options.onProgress?.(event);
        outcome.resolve('done');
      });
      return outcome.promise;
    },
    { onProgress },
  );
  const events: unknown[] = [];
  for await (const one of generation) events.push(one);
  expect(events).toEqual([event, { event: 'done', data: 'done' }]);
  expect(onProgress).toHaveBeenCalledWith(event);
});
