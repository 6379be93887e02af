import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, Webhook } from '../../core/contract/jobs/webhook.ts';
import type { Job } from '../jobs.ts';
import { MOST_TRIES, waitBeforeTry, type Webhooks } from './webhooks.ts';

export interface MemoryDelivery {
  readonly webhook: Webhook;
  /** Returns the job as it is; undefined once it is forgotten. */
  readonly getJob: () => Job | undefined;
  readonly note: (delivery: Delivery) => void;
}

/** Deliveries of jobs in memory; a restart of the service ends them. */
export interface MemoryDeliveries {
  /** Delivers a final job, and tries again until it is taken or forgotten. */
  begin(delivery: MemoryDelivery): void;
  close(): void;
}

/** @param firstWait milliseconds before the second try. */
export function createMemoryDeliveries(webhooks: Webhooks, firstWait?: number): MemoryDeliveries {
  const closing = new AbortController();
  const deliver = async ({ webhook, getJob, note }: MemoryDelivery): Promise<void> => {
    for (let attempts = 1; attempts <= MOST_TRIES; attempts += 1) {
      const job = getJob();
      if (job === undefined || closing.signal.aborted) return;
      const { result, status } = await webhooks.send(webhook, job);
      const isOver = result !== 'again' || attempts === MOST_TRIES;
      const state = result === 'delivered' ? 'delivered' : isOver ? 'failed' : 'pending';
      note({ state, attempts, ...(status !== undefined && { status }) });
      if (isOver) return;
      await sleep(waitBeforeTry(attempts, firstWait), undefined, { signal: closing.signal, ref: false });
    }
  };
  return {
    // Rejects only when it is closed.
    begin: (delivery) => void deliver(delivery).catch(() => undefined),
    close: () => closing.abort(),
  };
}
