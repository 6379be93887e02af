import { Refusal } from '../core/contract/refusal.ts';

export const noSuchJob = (): Refusal =>
  new Refusal('not_found', 'There is no such job.', {
    suggestions: ['GET /jobs lists your jobs; one that ended is forgotten after its retention.'],
  });

export const noRoom = (what: 'more jobs' | 'jobs of this size'): Refusal =>
  new Refusal('overloaded', `There is no room for ${what}.`, {
    retryAfter: 30,
    suggestions: [
      'Submit it again after the seconds in Retry-After.',
      'Jobs that ended take room until they are forgotten: a shorter retention frees it.',
    ],
  });

export const usedOtherwise = (): Refusal =>
  new Refusal('invalid_input', 'This Idempotency-Key was used with another body.', {
    suggestions: ['Send the first body again, or choose a new Idempotency-Key for this one.'],
  });

export const shuttingDown = (): Refusal =>
  new Refusal('overloaded', 'The service is shutting down.', { retryAfter: 5 });

export const cancelled = (): Refusal =>
  new Refusal('cancelled', 'The job was cancelled.', {
    suggestions: ['Submit it again if its outcome is wanted after all.'],
  });

/** @param waited seconds that the job was allowed to wait. */
export const expired = (waited: number): Refusal =>
  new Refusal('expired', `The job did not start within ${waited} s.`, {
    suggestions: ['Submit it again with a longer expires_in, or when fewer jobs wait.'],
  });

export const lost = (): Refusal =>
  new Refusal('lost', 'What ran the job went away before the script had ended.', {
    suggestions: ['Submit it again if its script may run twice.'],
  });

export const failed = (): Refusal =>
  new Refusal('internal_error', 'The service failed; the script may or may not have run.', {
    suggestions: ['Try again; if it persists, tell whoever runs this service.'],
  });
