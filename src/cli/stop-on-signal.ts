import type { Tracing } from '../observability/tracing/open-tracing.ts';

/**
 * Handles signals: the first lets running executions finish, a second ends at once, and the guardian then removes
 * what is left.
 */
export function stopOnSignal(
  doors: readonly { close(): Promise<void> }[],
  service: { close(): Promise<void> },
  tracing: Tracing | undefined,
): void {
  let isStopping = false;
  const end = async (): Promise<void> => {
    try {
      await Promise.all([...doors.map((door) => door.close()), service.close()]);
    } finally {
      await tracing?.close();
    }
  };
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    end().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}
