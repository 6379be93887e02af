import { constants } from 'node:os';

/** Early end of a command, by a signal or because the reader of its output went away. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 plus the signal's number, as in a shell; undefined until then. */
  readonly status: number | undefined;
  /** Restores the default handling of signals. */
  ignoreSignals(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    status ??= 128 + constants.signals[signal];
    controller.abort();
  };
  // A second signal ends the process at once, and the guardian then removes what is left.
  for (const signal of signals) process.once(signal, stop);
  for (const stream of [process.stdout, process.stderr]) {
    // Node ignores SIGPIPE, so a reader that went away shows as an error of the next write.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') stop('SIGPIPE');
    });
  }
  return {
    signal: controller.signal,
    get status() {
      return status;
    },
    ignoreSignals: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
