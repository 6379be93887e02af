import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { isFinal, jobStates, type JobState } from '../../core/contract/jobs/job-state.ts';
import type { RedisLink } from '../../redis/open-redis.ts';
import type { RunnerOptions } from '../run-jobs.ts';
import { noRoom, noSuchJob, shuttingDown, usedOtherwise } from '../job-refusals.ts';
import { idOf } from '../job-record.ts';
import type { StoreBounds } from '../job-store.ts';
import type { Job, Jobs } from '../jobs.ts';
import { createWatchers } from '../watchers.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { createCommands, nameOf, type StoredJob } from './commands.ts';
import { openDeliveries } from './deliveries.ts';
import { listJobs } from './list-jobs.ts';
import { createNews } from './news.ts';
import { openTickets } from './tickets.ts';
import { startSweeping } from './sweep.ts';
import { viewStored } from './view-stored.ts';
import { waitForEnd } from './wait-for-end.ts';
import { watchLog } from './watch-log.ts';
import { createWork } from './work.ts';

export interface RedisJobsOptions extends StoreBounds, Pick<RunnerOptions, 'execute' | 'places'> {
  readonly link: RedisLink;
  readonly mostWatchers: number;
  readonly webhooks: Webhooks;
  /** Milliseconds before a webhook is sent a second time. */
  readonly firstWait?: number | undefined;
  /** Seconds for which a job counts as running without a sign of its worker. */
  readonly lease: number;
  readonly onFault: (id: string, error: unknown) => void;
}

/** Milliseconds for which an outcome is kept while Redis cannot be reached. */
const PATIENCE = 10 * 60_000;

/**
 * Opens jobs in Redis, shared by all services and workers that use the same: they outlive each of them. Every change
 * is one step of a script, so completion, cancellation and loss have one winner.
 */
export async function openRedisJobs(options: RedisJobsOptions): Promise<Jobs> {
  const { link, execute, places, onFault, webhooks, firstWait } = options;
  const lease = options.lease * 1000;
  const commands = createCommands(link, options);
  const news = createNews(link.connect('subscriber'));
  const watchers = createWatchers(options.mostWatchers);
  const worker = `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`;
  const work = createWork({
    commands,
    news,
    execute,
    worker,
    lease,
    patience: PATIENCE,
    onFault,
    onEnd: () => sweeping.soon(),
  });
  const tickets = await openTickets(link, places, work.runAll);
  const deliveries = await openDeliveries({ link, commands, webhooks, firstWait });
  const sweeping = startSweeping({ link, commands, tickets, deliveries, lease, places, worker });
  let isClosed = false;

  const find = async (owner: string, id: string): Promise<StoredJob> => {
    const job = await commands.view(nameOf(owner, id));
    if (job === undefined) throw noSuchJob();
    return job;
  };
  const get = async (owner: string, id: string): Promise<Job> => await viewStored(await find(owner, id));

  return {
    isDurable: true,
    submit: async (orders) => {
      if (isClosed) throw shuttingDown();
      const [first] = orders;
      if (first === undefined) return [];
      for (const { fields } of orders) webhooks.check(fields.webhook);
      const owner = first.caller.queueKey;
      const named = orders.map((order) => ({ order, id: idOf(order) }));
      refuse(await commands.submit(owner, named));
      tickets.add(
        named.map(({ id, order }) => ({ name: nameOf(owner, id), delay: order.fields.delay * 1000 })),
      );
      return await Promise.all(named.map(({ id }) => get(owner, id)));
    },
    get,
    list: (owner, part) => listJobs(link, owner, part),
    cancel: async (owner, id) => {
      const name = nameOf(owner, id);
      if (!(await commands.cancel(name))) throw noSuchJob();
      tickets.remove(name);
      const job = await get(owner, id);
      if (job.webhook !== undefined) sweeping.soon();
      return job;
    },
    wait: async (owner, id, wait) => {
      const job = await find(owner, id);
      if (isFinal(job.state)) return await viewStored(job);
      using _watcher = watchers.enter(owner);
      await waitForEnd({ commands, news }, nameOf(owner, id), wait);
      return await get(owner, id);
    },
    watch: async function* (owner, id, after, signal) {
      await find(owner, id);
      using _watcher = watchers.enter(owner);
      yield* watchLog({ link, commands, news }, nameOf(owner, id), after, signal);
    },
    counts: () => sweeping.counts() ?? noCounts,
    close: async () => {
      isClosed = true;
      work.stop();
      await tickets.close();
      work.close();
      sweeping.close();
      await deliveries.close();
    },
  };
}

const noCounts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;

function refuse(answer: 'ok' | 'used' | 'jobs' | 'size'): void {
  if (answer === 'used') throw usedOtherwise();
  if (answer === 'jobs') throw noRoom('more jobs');
  if (answer === 'size') throw noRoom('jobs of this size');
}
