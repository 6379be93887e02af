import type { Job as Ticket } from 'bullmq';
import type { RedisLink } from '../../redis/open-redis.ts';
import { MOST_TRIES, waitBeforeTry, type Webhooks } from '../webhooks/webhooks.ts';
import type { JobCommands } from './commands.ts';
import { trackWork } from './queue-worker.ts';
import { QUEUE_PREFIX } from './tickets.ts';
import { viewStored } from './view-stored.ts';

/** Deliveries of webhooks, in a queue of BullMQ: it keeps them over restarts, and tries again. */
export interface Deliveries {
  /** Hands final jobs on; rejects when Redis does not take them. */
  add(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface DeliveryParts {
  readonly link: RedisLink;
  readonly commands: JobCommands;
  readonly webhooks: Webhooks;
  /** Milliseconds before the second try. */
  readonly firstWait?: number | undefined;
}

const QUEUE = 'webhooks';
/** Deliveries of this process at once: a slow receiver keeps one of them for fifteen seconds. */
const AT_ONCE = 16;
const LOCK = 30_000;
const MOST_EVENTS = 100;
/** Milliseconds for deliveries under way at a shutdown. */
const LAST_TRIES = 5000;

const ignore = (): void => undefined;

export async function openDeliveries({
  link,
  commands,
  webhooks,
  firstWait,
}: DeliveryParts): Promise<Deliveries> {
  const { Queue, UnrecoverableError, Worker } = await import('bullmq');
  const options = { prefix: QUEUE_PREFIX, skipWaitingForReady: true };
  const queue = new Queue(QUEUE, {
    ...options,
    connection: link.connect('waiting'),
    streams: { events: { maxLen: MOST_EVENTS } },
  });
  const deliver = async ({ data, attemptsMade }: Ticket<{ readonly name: string }>): Promise<void> => {
    const { name } = data;
    const stored = await commands.view(name);
    // It was forgotten meanwhile.
    if (stored?.webhook === undefined) return;
    const { result, status } = await webhooks.send(stored.webhook, await viewStored(stored));
    const attempts = attemptsMade + 1;
    const isOver = result !== 'again' || attempts >= MOST_TRIES;
    const state = result === 'delivered' ? 'delivered' : isOver ? 'failed' : 'pending';
    await commands.note(name, { state, attempts, status });
    if (result === 'gone') throw new UnrecoverableError('the receiver wants no more');
    if (result === 'again') throw new Error('the receiver did not take it');
  };
  const working = trackWork(deliver);
  const worker = new Worker(QUEUE, working.process, {
    ...options,
    connection: link.connect('waiting'),
    ...{ concurrency: AT_ONCE, lockDuration: LOCK, stalledInterval: LOCK, maxStalledCount: MOST_TRIES },
    settings: { backoffStrategy: (tries: number) => waitBeforeTry(tries, firstWait) },
  });
  queue.on('error', ignore);
  worker.on('error', ignore);

  return {
    add: async (names) => {
      await queue.addBulk(
        names.map((name) => ({
          ...{ name: 'webhook', data: { name } },
          opts: {
            ...{ jobId: name, attempts: MOST_TRIES, backoff: { type: 'custom' } },
            ...{ removeOnComplete: true, removeOnFail: true },
          },
        })),
      );
    },
    // Those under way end within their time, or are tried elsewhere.
    close: () => working.close({ worker, queue }, LAST_TRIES),
  };
}
