interface Waiter<T> {
  readonly give: (item: T) => void;
  readonly fail: (error: unknown) => void;
}

/** Callers that found no item, in order of arrival. */
export interface Waiters<T> {
  count(): number;
  /** Waits for an item. Rejects with the signal's reason, or with the error passed to `fail`. */
  join(signal: AbortSignal | undefined): Promise<T>;
  /** Passes an item to the first caller; returns false when nobody waits. */
  give(item: T): boolean;
  /** Rejects the first caller. */
  fail(error: unknown): void;
  failAll(error: unknown): void;
}

export function createWaiters<T>(): Waiters<T> {
  const waiters: Waiter<T>[] = [];
  return {
    count: () => waiters.length,
    join: (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const waiter: Waiter<T> = { give: resolve, fail: reject };
      const onAbort = (): void => {
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiters.push(waiter);
      return promise.finally(() => signal?.removeEventListener('abort', onAbort));
    },
    give: (item) => {
      const waiter = waiters.shift();
      waiter?.give(item);
      return waiter !== undefined;
    },
    fail: (error) => waiters.shift()?.fail(error),
    failAll: (error) => {
      for (const waiter of waiters.splice(0)) waiter.fail(error);
    },
  };
}
