/** Tells those who wait that something happened. Who gave up leaves nothing behind, unlike at a promise that stays pending. */
export interface Bell {
  ring(): void;
  /**
   * Resolves at the next ring, or after `seconds`. Rejects with the reason of an aborted signal.
   * @param seconds undefined for as long as it takes.
   */
  wait(signal: AbortSignal, seconds?: number): Promise<void>;
  /** Number of those who wait. */
  readonly waiting: number;
}

export function createBell(): Bell {
  const waiters = new Set<() => void>();
  return {
    get waiting() {
      return waiters.size;
    },
    ring: () => {
      // Whoever begins to wait meanwhile waits for the next ring.
      for (const tell of [...waiters]) tell();
    },
    wait: (signal, seconds) =>
      new Promise((resolve, reject) => {
        const leave = (end: () => void): void => {
          clearTimeout(timer);
          waiters.delete(tell);
          signal.removeEventListener('abort', giveUp);
          end();
        };
        const tell = (): void => leave(resolve);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the signal's own reason
        const giveUp = (): void => leave(() => reject(signal.reason));
        const timer = seconds === undefined ? undefined : setTimeout(tell, seconds * 1000);
        waiters.add(tell);
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted) giveUp();
      }),
  };
}
