import { createHash, randomBytes } from 'node:crypto';
import { measureOutcome, measureParts } from '../core/contract/measure-outcome.ts';
import { isFinal, type JobState } from '../core/contract/jobs/job-state.ts';
import type { Delivery, Webhook } from '../core/contract/jobs/webhook.ts';
import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import { createStatus, type JobStatus } from '../core/jobs/advance-job.ts';
import { createBell, type Bell } from './bell.ts';
import { createJobLog, type JobLog } from './job-log.ts';
import type { Job, JobOrder } from './jobs.ts';
import type { Waiting } from './waiting-line.ts';

/** A job in memory. */
export interface JobRecord extends Waiting {
  readonly id: string;
  /** Undefined once the job is final. */
  order: JobOrder | undefined;
  readonly digest: string | undefined;
  readonly retention: number;
  readonly times: {
    readonly created: number;
    readonly due: number;
    readonly expires: number;
    started?: number;
    ended?: number;
  };
  status: JobStatus;
  outcome: Outcome | RefusalBody | undefined;
  readonly log: JobLog;
  /** Ends the script when the job is cancelled; undefined while it does not run. */
  running: AbortController | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Rings with the final state. */
  readonly end: Bell;
  readonly webhook: Webhook | undefined;
  delivery: Delivery | undefined;
  /** Bytes that it counts as. */
  bytes: number;
}

/** Id of a job: that of its claim, so that a repeated order finds it, or a random one. */
export const idOf = ({ claim, caller }: JobOrder): string =>
  claim === undefined
    ? randomBytes(16).toString('base64url')
    : createHash('sha256')
        .update(JSON.stringify([caller.queueKey, claim.key]))
        .digest('base64url')
        .slice(0, 22);

export function createRecord(order: JobOrder, id: string, now: number): JobRecord {
  const { fields, caller, claim } = order;
  const log = createJobLog();
  const status = createStatus(fields.delay > 0);
  log.append('state', status);
  return {
    ...{ id, order, log, status, owner: caller.queueKey, share: caller.share, priority: fields.priority },
    ...{ digest: claim?.digest, retention: fields.retention },
    times: { created: now, due: now + fields.delay * 1000, expires: now + fields.expires_in * 1000 },
    ...{ outcome: undefined, running: undefined, timer: undefined },
    end: createBell(),
    webhook: fields.webhook,
    delivery: fields.webhook === undefined ? undefined : { state: 'pending', attempts: 0 },
    bytes: measureOrder(order),
  };
}

export const measureOrder = ({ plan }: JobOrder): number => measureParts(plan);

/** Bytes of a job that is final. */
export const measureEnd = ({ outcome, log }: JobRecord): number =>
  log.bytes +
  (outcome === undefined
    ? 0
    : 'execution' in outcome && outcome.execution === null
      ? 4096
      : measureOutcome(outcome));

const toTime = (ms: number): string => new Date(ms).toISOString();

/** Facts of a job, wherever it is kept. */
export interface JobFacts {
  readonly id: string;
  readonly isDurable: boolean;
  readonly state: JobState;
  readonly attempts: number;
  readonly priority: number;
  /** Seconds. */
  readonly retention: number;
  /** Milliseconds since 1970. */
  readonly times: {
    readonly created: number;
    readonly due: number;
    readonly expires: number;
    readonly started?: number | undefined;
    readonly ended?: number | undefined;
  };
  readonly delivery?: Delivery | undefined;
  readonly outcome: Outcome | RefusalBody | undefined;
}

/** Returns a job as its owner sees it. */
export function viewJob({
  id,
  isDurable,
  state,
  attempts,
  priority,
  retention,
  times,
  delivery,
  outcome,
}: JobFacts): Job {
  const { created, due, expires, started, ended } = times;
  return {
    ...{ id, state, durable: isDurable, priority, attempts },
    ...{ created_at: toTime(created), due_at: toTime(due), expires_at: toTime(expires) },
    ...(started !== undefined && { started_at: toTime(started) }),
    ...(ended !== undefined && { ended_at: toTime(ended), kept_until: toTime(ended + retention * 1000) }),
    ...(delivery !== undefined && { webhook: delivery }),
    ...(isFinal(state) && outcome !== undefined && { outcome }),
  };
}

/** Returns a job in memory as its owner sees it. */
export const viewOf = ({ status, ...record }: JobRecord): Job =>
  viewJob({ ...record, ...status, isDurable: false });
