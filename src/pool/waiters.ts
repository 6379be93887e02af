interface Waiter<T> {
  readonly give: (item: T) => void;
  readonly fail: (error: unknown) => void;
}

/** Takers that found nothing, the first to come first. */
export interface Waiters<T> {
  count(): number;
  /** Joins them. Rejects with the signal's reason, or with what `fail` is told. */
  join(signal: AbortSignal | undefined): Promise<T>;
  /** Gives one to the first; false where nobody waits. */
  give(item: T): boolean;
  /** Disappoints the first. */
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
