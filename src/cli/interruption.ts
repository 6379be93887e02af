import { constants } from 'node:os';

/** What ends a command before its end: a signal, or a reader of its output who went away. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as a shell would say; undefined while nothing happened. */
  readonly status: number | undefined;
  /** Leaves signals to the system again. */
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
  // A second signal ends the process at once: the guardian then removes what is left.
  for (const signal of signals) process.once(signal, stop);
  for (const stream of [process.stdout, process.stderr]) {
    // Node ignores SIGPIPE, so the end of a reader shows as an error of the next write.
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
