import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../core/contract/refusal.ts';
import type { Outcome, RefusalBody } from '../../core/contract/outcome.ts';
import type { Executor } from '../../executor/executor.ts';
import { attemptJob, describeRefused, pauseFor, type AttemptEnd } from '../attempt-job.ts';
import { cancelled } from '../job-refusals.ts';
import { idOfName, type Claimed, type JobCommands } from './commands.ts';
import { holdLeases } from './hold-leases.ts';
import type { News } from './news.ts';
import { packOutcome, unpackOrder } from './pack.ts';
import { createOutputWriter } from './write-output.ts';

export interface WorkOptions {
  readonly commands: JobCommands;
  readonly news: News;
  readonly execute: Executor['execute'];
  /** Name of this worker. */
  readonly worker: string;
  /** Milliseconds for which an attempt counts as alive without a sign of its worker. */
  readonly lease: number;
  /** Milliseconds for which a commit is tried again. */
  readonly patience: number;
  readonly onFault: (id: string, error: unknown) => void;
  /** Called when a job with a webhook may have become final. */
  readonly onEnd: () => void;
}

/** Takes jobs and runs them. */
export interface Work {
  /** Runs jobs one after the other, until none waits or the work is closed. Never rejects. */
  runAll(): Promise<void>;
  /** Takes no more jobs, and has less patience with Redis. */
  stop(): void;
  close(): void;
}

export function createWork({
  commands,
  news,
  execute,
  worker,
  lease,
  patience,
  onFault,
  onEnd,
}: WorkOptions): Work {
  const leases = holdLeases(commands, lease, cancelled);
  const stopped = new AbortController();

  const commit = async (claimed: Claimed, end: AttemptEnd): Promise<void> => {
    if (end.type === 'no_place') return commands.giveUp(claimed, 'return');
    if (end.type === 'lost') return commands.giveUp(claimed, 'lose');
    const outcome: Outcome | RefusalBody =
      end.type === 'finished'
        ? end.outcome
        : describeRefused(end.error, (error) => onFault(idOfName(claimed.name), error));
    await commands.finish(claimed, await packOutcome(outcome));
  };

  const attempt = async (claimed: Claimed): Promise<AttemptEnd> => {
    using held = leases.hold(claimed);
    using _news = news.follow(claimed.name, (change) => {
      if (change === 'cancelled') held.end(cancelled());
    });
    try {
      const order = await unpackOrder(claimed.order);
      const output = createOutputWriter(commands, claimed);
      const end = await attemptJob(execute, order, {
        ...{ id: idOfName(claimed.name), signal: held.signal, onText: output.write },
      });
      await output.end();
      // Another host or the owner has ended it already.
      if (held.signal.aborted) return { type: 'lost', retryAfter: undefined };
      await commitWithin({ patience, stopped: stopped.signal }, () => commit(claimed, end));
      if (order.fields.webhook !== undefined) onEnd();
      return end;
    } catch (error) {
      if (!(error instanceof Refusal)) onFault(idOfName(claimed.name), error);
      return { type: 'lost', retryAfter: undefined };
    }
  };

  const runNext = async (): Promise<boolean> => {
    const claimed = await commands.claim(worker, lease).catch(() => undefined);
    if (claimed === undefined) return false;
    const end = await attempt(claimed);
    if (end.type === 'no_place')
      await sleep(pauseFor(end.retryAfter), undefined, { signal: stopped.signal }).catch(() => undefined);
    return true;
  };

  return {
    runAll: async () => {
      for (let isMore = true; isMore && !stopped.signal.aborted;) isMore = await runNext();
    },
    stop: () => stopped.abort(),
    close: () => {
      stopped.abort();
      leases.close();
    },
  };
}

/** Milliseconds between two tries to commit. */
const TRY_AGAIN = { least: 100, most: 5000 };
/** Milliseconds for which a commit is tried again when everything is about to end. */
const LAST_PATIENCE = 5000;

/** Tries again while Redis cannot be reached. @throws Refusal when that took too long. */
async function commitWithin(
  { patience, stopped }: { readonly patience: number; readonly stopped: AbortSignal },
  commit: () => Promise<void>,
): Promise<void> {
  let until = performance.now() + patience;
  const hurry = (): void => {
    until = Math.min(until, performance.now() + LAST_PATIENCE);
  };
  if (stopped.aborted) hurry();
  stopped.addEventListener('abort', hurry, { once: true });
  try {
    for (let wait = TRY_AGAIN.least; ; wait = Math.min(2 * wait, TRY_AGAIN.most)) {
      try {
        return await commit();
      } catch (error) {
        if (!(error instanceof Refusal) || performance.now() + wait > until) throw error;
        await sleep(wait * (0.5 + Math.random() / 2));
      }
    }
  } finally {
    stopped.removeEventListener('abort', hurry);
  }
}
