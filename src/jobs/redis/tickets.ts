import type { RedisLink } from '../../redis/open-redis.ts';
import { trackWork } from './queue-worker.ts';

/**
 * A queue of BullMQ with a ticket for each job that waits. A worker that gets a ticket runs whichever job's turn it is:
 * the ticket only says that there is work, now or when its delay is over, and BullMQ gives the ticket of a dead worker
 * to another.
 */
export interface Tickets {
  /**
   * Adds tickets, and does not wait for it; a name that has one keeps it. Who sweeps adds those that are missing.
   * @param delay in milliseconds.
   */
  add(names: readonly { readonly name: string; readonly delay: number }[]): void;
  /** Takes the ticket of a job back that does not wait any more, without waiting for it. */
  remove(name: string): void;
  /** Takes no more tickets; resolves when the work for those that were taken is done. */
  close(): Promise<void>;
}

const QUEUE = 'tickets';
/** The tag of jobs, for one slot of a cluster. */
export const QUEUE_PREFIX = 'brig:{jobs}';
/** Milliseconds after which BullMQ gives the ticket of a silent worker to another. */
const LOCK = 30_000;
/** Events that BullMQ keeps for its own listeners; there are none. */
const MOST_EVENTS = 100;
/** Changes of the queue under way at once; others are left to who sweeps. */
const MOST_PENDING = 1000;

/** `link` tells of outages. Without a listener an error of a connection would end the process. */
const ignore = (): void => undefined;

/**
 * @param places tickets at once; 0 to take none.
 * @param work called for each ticket; never rejects.
 */
export async function openTickets(
  link: RedisLink,
  places: number,
  work: () => Promise<void>,
): Promise<Tickets> {
  const { Queue, Worker } = await import('bullmq');
  const options = { prefix: QUEUE_PREFIX, skipWaitingForReady: true };
  const queue = new Queue(QUEUE, {
    ...options,
    connection: link.connect('waiting'),
    streams: { events: { maxLen: MOST_EVENTS } },
  });
  queue.on('error', ignore);
  const working = trackWork(() => work());
  const worker =
    places === 0
      ? undefined
      : new Worker(QUEUE, working.process, {
          ...options,
          connection: link.connect('waiting'),
          ...{ concurrency: places, lockDuration: LOCK, stalledInterval: LOCK, maxStalledCount: 1 },
        });
  worker?.on('error', ignore);
  const once = { attempts: 1, removeOnComplete: true, removeOnFail: true };

  let pending = 0;
  const tell = (act: () => Promise<unknown>): void => {
    // BullMQ would keep them until Redis is back.
    if (link.fault !== undefined || pending >= MOST_PENDING) return;
    pending += 1;
    act()
      .catch(ignore)
      .finally(() => (pending -= 1));
  };
  return {
    add: (names) => {
      const jobs = names.map(({ name, delay }) => ({
        ...{ name: 'ticket', data: {} },
        opts: { ...once, jobId: name, delay },
      }));
      tell(() => queue.addBulk(jobs));
    },
    remove: (name) => tell(() => queue.remove(name)),
    close: () => working.close({ worker, queue }),
  };
}
