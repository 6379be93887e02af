import { isFinal, type JobState } from '../contract/jobs/job-state.ts';

/** State of a job. `attempts` is the number of the attempt under way, or of the last one. */
export interface JobStatus {
  readonly state: JobState;
  readonly attempts: number;
}

export type JobEvent =
  /** Its delay is over. */
  | { readonly type: 'due' }
  /** A worker takes it. */
  | { readonly type: 'start' }
  /** Its script ended, or cannot be run at all. */
  | { readonly type: 'finish'; readonly attempt: number }
  /** A worker had no place for it; nothing of the script ran. */
  | { readonly type: 'give_back'; readonly attempt: number }
  /** Its worker went away; whether the script ran is unknown. */
  | { readonly type: 'lose'; readonly attempt: number; readonly mayRunAgain: boolean }
  | { readonly type: 'cancel' }
  /** It waited too long. */
  | { readonly type: 'expire' };

/** Returns the status of a new job. */
export const createStatus = (isDelayed: boolean): JobStatus => ({
  state: isDelayed ? 'delayed' : 'queued',
  attempts: 0,
});

/**
 * Returns the status after an event; the same object when the event changes nothing. A final state never changes, and
 * an attempt that is not the present one decides nothing: the first of completion, cancellation and loss wins.
 */
export function advanceJob(status: JobStatus, event: JobEvent): JobStatus {
  const { state, attempts } = status;
  if (isFinal(state)) return status;
  if ('attempt' in event && (state !== 'running' || event.attempt !== attempts)) return status;
  switch (event.type) {
    case 'due':
      return state === 'delayed' ? { state: 'queued', attempts } : status;
    case 'start':
      return state === 'queued' ? { state: 'running', attempts: attempts + 1 } : status;
    case 'finish':
      return { state: 'done', attempts };
    case 'give_back':
      return { state: 'queued', attempts };
    case 'lose':
      return { state: event.mayRunAgain ? 'queued' : 'lost', attempts };
    case 'cancel':
      return { state: 'cancelled', attempts };
    case 'expire':
      return state === 'running' ? status : { state: 'expired', attempts };
  }
}
