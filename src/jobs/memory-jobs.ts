import { isFinal, jobStates, type JobState } from '../core/contract/jobs/job-state.ts';
import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import { advanceJob, type JobEvent } from '../core/jobs/advance-job.ts';
import { describeRefused, type AttemptEnd } from './attempt-job.ts';
import { createRecord, idOf, measureEnd, viewOf, type JobRecord } from './job-record.ts';
import { cancelled, expired, lost, shuttingDown, usedOtherwise } from './job-refusals.ts';
import { createJobStore, type JobStore, type StoreBounds } from './job-store.ts';
import type { JobLogEvent, JobOrder, Jobs } from './jobs.ts';
import { createRunner, type RunnerOptions } from './run-jobs.ts';
import { isRepeatable } from './repeatable.ts';
import { createWaitingLine } from './waiting-line.ts';
import { createMemoryDeliveries } from './webhooks/deliver-in-memory.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { createWatchers, type Watchers } from './watchers.ts';

export interface MemoryJobsOptions extends StoreBounds, Pick<RunnerOptions, 'execute' | 'places'> {
  readonly mostWatchers: number;
  readonly webhooks: Webhooks;
  /** Called with a fault of Brig that ended a job. */
  readonly onFault: (id: string, error: unknown) => void;
}

/** A job that was lost starts once more. */
const MOST_STARTS = 2;

/** Sets a job's one timer. */
const wakeAt = (record: JobRecord, time: number, act: () => void): void => {
  clearTimeout(record.timer);
  record.timer = setTimeout(act, Math.max(0, time - Date.now())).unref();
};

/** Creates jobs in memory: all promises of durable ones on one machine, but for a restart, which loses them. */
export function createMemoryJobs(options: MemoryJobsOptions): Jobs {
  const store = createJobStore(options);
  const watchers = createWatchers(options.mostWatchers);
  const deliveries = createMemoryDeliveries(options.webhooks);
  const line = createWaitingLine<JobRecord>();
  let isClosed = false;

  /** Applies an event; returns whether it changed anything. */
  const apply = (record: JobRecord, event: JobEvent): boolean => {
    const next = advanceJob(record.status, event);
    if (next === record.status) return false;
    record.status = next;
    record.log.append('state', next);
    if (next.state === 'queued') queue(record);
    return true;
  };

  const queue = (record: JobRecord): void => {
    line.add(record);
    wakeAt(record, record.times.expires, () => {
      if (apply(record, { type: 'expire' })) settle(record, expired(allowedWait(record)).toBody());
    });
  };

  const settle = (record: JobRecord, outcome: Outcome | RefusalBody): void => {
    line.remove(record);
    record.running?.abort(cancelled());
    record.order = undefined;
    record.outcome = outcome;
    record.times.ended = Date.now();
    record.log.end();
    wakeAt(record, record.times.ended + record.retention * 1000, () => store.forget(record));
    record.end.ring();
    store.finish(record, measureEnd(record));
    const { webhook } = record;
    if (webhook === undefined) return;
    deliveries.begin({
      webhook,
      getJob: () => (store.peek(record.owner, record.id) === record ? viewOf(record) : undefined),
      note: (delivery) => {
        record.delivery = delivery;
      },
    });
  };

  const endAttempt = (record: JobRecord, attempt: number, end: AttemptEnd): void => {
    switch (end.type) {
      case 'finished':
        if (apply(record, { type: 'finish', attempt })) settle(record, end.outcome);
        return;
      case 'no_place':
        apply(record, { type: 'give_back', attempt });
        return;
      case 'lost': {
        const mayRunAgain = attempt < MOST_STARTS && record.order !== undefined && isRepeatable(record.order);
        if (apply(record, { type: 'lose', attempt, mayRunAgain }) && !mayRunAgain)
          settle(record, lost().toBody());
        return;
      }
      case 'refused': {
        if (isFinal(record.status.state)) return;
        const outcome = describeRefused(end.error, (error) => options.onFault(record.id, error));
        if (apply(record, { type: 'finish', attempt })) settle(record, outcome);
      }
    }
  };

  const runner = createRunner({
    ...{ execute: options.execute, places: options.places, line, onEnd: endAttempt },
    onStart: (record) => {
      clearTimeout(record.timer);
      record.times.started = Date.now();
      apply(record, { type: 'start' });
    },
  });

  const add = (order: JobOrder, id: string): void => {
    const record = createRecord(order, id, Date.now());
    store.add(record);
    const { due, expires } = record.times;
    if (record.status.state === 'queued') return queue(record);
    wakeAt(record, Math.min(due, expires), () => {
      if (due >= expires) {
        if (apply(record, { type: 'expire' })) settle(record, expired(allowedWait(record)).toBody());
      } else if (apply(record, { type: 'due' })) runner.look();
    });
  };

  return {
    isDurable: false,
    submit: async (orders) => {
      if (isClosed) throw shuttingDown();
      for (const { fields } of orders) options.webhooks.check(fields.webhook);
      const { fresh, ids } = sortOrders(store, orders);
      for (const [id, order] of fresh) add(order, id);
      runner.look();
      return ids.map(([owner, id]) => viewOf(store.find(owner, id)));
    },
    get: async (owner, id) => viewOf(store.find(owner, id)),
    list: async (owner, { state, before, most }) =>
      store
        .listOf(owner, before)
        .filter(({ status }) => (state ?? status.state) === status.state)
        .slice(0, most)
        .map(viewOf),
    cancel: async (owner, id) => {
      const record = store.find(owner, id);
      if (apply(record, { type: 'cancel' })) settle(record, cancelled().toBody());
      return viewOf(record);
    },
    wait: async (owner, id, { seconds, signal }) => {
      const record = store.find(owner, id);
      if (!isFinal(record.status.state)) {
        using _watcher = watchers.enter(owner);
        await record.end.wait(signal, seconds);
      }
      return viewOf(record);
    },
    watch: (owner, id, after, signal) => watchRecord(store.find(owner, id), watchers, after, signal),
    counts: () => countStates(store.all()),
    close: async () => {
      isClosed = true;
      runner.close();
      deliveries.close();
      for (const record of store.all()) clearTimeout(record.timer);
    },
  };
}

const allowedWait = ({ times: { created, expires } }: JobRecord): number => (expires - created) / 1000;

/**
 * Finds the orders that are no jobs yet. All are of one caller.
 * @throws Refusal as `submit`.
 */
function sortOrders(store: JobStore, orders: readonly JobOrder[]) {
  const fresh = new Map<string, JobOrder>();
  const ids: [owner: string, id: string][] = [];
  for (const order of orders) {
    const id = idOf(order);
    const owner = order.caller.queueKey;
    const before = store.peek(owner, id) ?? fresh.get(id)?.claim;
    if (before !== undefined && before.digest !== order.claim?.digest) throw usedOtherwise();
    if (before === undefined) fresh.set(id, order);
    ids.push([owner, id]);
  }
  const [first] = orders;
  if (first !== undefined && fresh.size > 0) store.requireRoom(first.caller.queueKey, [...fresh.values()]);
  return { fresh, ids };
}

/** Counts the watcher once it begins to read, since only then its end is certain to come. */
async function* watchRecord(
  { owner, log }: JobRecord,
  watchers: Watchers,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JobLogEvent, void> {
  using _watcher = watchers.enter(owner);
  yield* log.readFrom(after, signal);
}

function countStates(records: Iterable<JobRecord>): Record<JobState, number> {
  const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
  for (const { status } of records) counts[status.state] += 1;
  return counts;
}
