import { setTimeout as sleep } from 'node:timers/promises';
import type { Tracing } from '../observability/tracing/open-tracing.ts';

interface Stopped {
  readonly doors: readonly { close(): Promise<void> }[];
  readonly service: { retire(): void; close(): Promise<void> };
  readonly tracing: Tracing | undefined;
  /** Seconds in which requests are still taken, by a service that says that it stops. */
  readonly delay: number;
}

/**
 * Handles signals: the first lets running executions finish, a second ends at once, and the guardian then removes
 * what is left.
 */
export function stopOnSignal({ doors, service, tracing, delay }: Stopped): void {
  let isStopping = false;
  const end = async (): Promise<void> => {
    service.retire();
    await sleep(delay * 1000);
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
