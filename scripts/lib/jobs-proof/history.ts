import { createHash } from 'node:crypto';
import { isFinal, type JobState } from '../../../src/core/contract/jobs/job-state.ts';
import {
  advanceJob,
  createStatus,
  type JobEvent,
  type JobStatus,
} from '../../../src/core/jobs/advance-job.ts';
import type { Job, JobLogEvent } from '../../../src/jobs/jobs.ts';

/** A job that was acknowledged, and what its callers know of it. */
export interface Known {
  readonly id: string;
  readonly isOnce: boolean;
  readonly isDelayed: boolean;
  readonly hasWebhook: boolean;
}

/** All that readers saw, and what of it cannot be. */
export interface History {
  readonly complaints: string[];
  /** Notes what a reader saw of a job. */
  see(job: Job): void;
}

const digestOf = ({ state, outcome }: Job): string =>
  `${state} ${createHash('sha256').update(JSON.stringify(outcome)).digest('hex')}`;

export function createHistory(): History {
  const complaints: string[] = [];
  /** By id: the end that a reader saw first. */
  const ends = new Map<string, string>();
  return {
    complaints,
    see: (job) => {
      const before = ends.get(job.id);
      if (!isFinal(job.state)) {
        if (before !== undefined) complaints.push(`${job.id} was final, and is ${job.state} again`);
        return;
      }
      if (job.outcome === undefined) complaints.push(`${job.id} is ${job.state} and has no outcome`);
      const now = digestOf(job);
      if (before !== undefined && before !== now)
        complaints.push(`${job.id} has two ends: ${before}, ${now}`);
      ends.set(job.id, now);
    },
  };
}

/** Every event that may lead from one status to the next. */
const eventsFrom = ({ attempts }: JobStatus): JobEvent[] => [
  { type: 'due' },
  { type: 'start' },
  { type: 'finish', attempt: attempts },
  { type: 'give_back', attempt: attempts },
  { type: 'lose', attempt: attempts, mayRunAgain: true },
  { type: 'lose', attempt: attempts, mayRunAgain: false },
  { type: 'cancel' },
  { type: 'expire' },
];

/** Returns what of a job's events the states of jobs do not allow. */
export function checkEvents({ id, isDelayed }: Known, events: readonly JobLogEvent[]): string[] {
  let status: JobStatus | undefined;
  const complaints: string[] = [];
  for (const { data } of events) {
    if (!('state' in data)) continue;
    const next: { readonly state: JobState; readonly attempts: number } = data;
    const may =
      status === undefined
        ? [createStatus(isDelayed)]
        : eventsFrom(status).map((event) => advanceJob(status ?? next, event));
    const isAllowed = may.some((one) => one.state === next.state && one.attempts === next.attempts);
    if (!isAllowed) complaints.push(`${id} went from ${JSON.stringify(status)} to ${JSON.stringify(next)}`);
    status = next;
  }
  if (status === undefined || !isFinal(status.state)) complaints.push(`${id} has no final event`);
  return complaints;
}
