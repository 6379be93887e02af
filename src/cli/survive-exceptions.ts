import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';

/**
 * Keeps a running service alive after an uncaught exception, and logs it as an incident with an id. Callers are not
 * affected: each request and execution keeps its own state, and verdicts come from the host's evidence, so that a
 * lost error leaves at most one of them to end by its deadline. An error of writing to a standard stream is not
 * logged.
 *
 * @returns a function that removes the handlers.
 */
export function surviveExceptions(logger: Pick<Logger, 'error'>): () => void {
  const survive = (error: unknown, origin: string): void => {
    if (isOfStandardStream(error)) return;
    try {
      logger.error({ incident: randomUUID(), err: error, origin }, 'an exception was not caught');
    } catch {
      // The log is full, or its reader is gone: no reason to exit either.
    }
  };
  const onException = (error: Error, origin: string): void => survive(error, origin);
  const onRejection = (reason: unknown): void => survive(reason, 'unhandledRejection');
  process.on('uncaughtException', onException).on('unhandledRejection', onRejection);
  return () => {
    process.off('uncaughtException', onException).off('unhandledRejection', onRejection);
  };
}

/** True for an error of writing the log itself; logging it would never end. */
function isOfStandardStream(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, fd } = error as { syscall?: unknown; fd?: unknown };
  return syscall === 'write' && (fd === undefined || fd === 1 || fd === 2);
}
