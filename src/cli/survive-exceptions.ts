import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';

/**
 * Keeps a service that is up from being ended by an exception that nobody caught: it is logged as an incident, with an id.
 * What runs for callers is not touched by it. Each request and each execution keeps its state to itself, and verdicts come
 * from the host's evidence, so an error that was lost on the way leaves at most one of them without an end but its
 * deadline. What says that nothing more can be written, of the standard streams, is told to nobody.
 *
 * @returns the function that ends it.
 */
export function surviveExceptions(logger: Pick<Logger, 'error'>): () => void {
  const survive = (error: unknown, origin: string): void => {
    if (isOfStandardStream(error)) return;
    try {
      logger.error({ incident: randomUUID(), err: error, origin }, 'an exception was not caught');
    } catch {
      // The log is full, or its reader is gone: no reason to end either.
    }
  };
  const onException = (error: Error, origin: string): void => survive(error, origin);
  const onRejection = (reason: unknown): void => survive(reason, 'unhandledRejection');
  process.on('uncaughtException', onException).on('unhandledRejection', onRejection);
  return () => {
    process.off('uncaughtException', onException).off('unhandledRejection', onRejection);
  };
}

/** A log that cannot be written, told in the log, would be told without end. */
function isOfStandardStream(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, fd } = error as { syscall?: unknown; fd?: unknown };
  return syscall === 'write' && (fd === undefined || fd === 1 || fd === 2);
}
