import { setTimeout as sleep } from 'node:timers/promises';
import type { Job as Ticket, Queue, Worker } from 'bullmq';

/** Milliseconds that the end may take when Redis does not answer. */
const FAREWELL = 2000;

const ignore = (): void => undefined;

/** Notes the work under way, so that a worker of BullMQ can be closed without waiting for Redis. */
export interface Working<T> {
  readonly process: (ticket: Ticket<T>) => Promise<void>;
  /**
   * Takes no more, waits for what is under way, and closes both. BullMQ's own way to wait does not end while Redis is
   * away, and leaves timers behind.
   * @param most milliseconds to wait for what is under way.
   */
  close(parts: { readonly worker: Worker | undefined; readonly queue: Queue }, most?: number): Promise<void>;
}

export function trackWork<T>(process: (ticket: Ticket<T>) => Promise<void>): Working<T> {
  const working = new Set<Promise<void>>();
  return {
    process: async (ticket) => {
      const one = process(ticket);
      working.add(one);
      await one.finally(() => working.delete(one));
    },
    close: async ({ worker, queue }, most) => {
      await worker?.pause(true).catch(ignore);
      const done = Promise.allSettled(working);
      await (most === undefined ? done : Promise.race([done, sleep(most, undefined, { ref: false })]));
      // Leaves what Redis does not answer any more to the end of the link.
      const closed = Promise.allSettled([worker?.close(true), queue.close()]);
      await Promise.race([closed, sleep(FAREWELL)]);
    },
  };
}
