import type { Caller } from '../core/contract/caller.ts';
import type { JobFields } from '../core/contract/jobs/job-request.ts';
import type { JobState } from '../core/contract/jobs/job-state.ts';
import type { JobSummary } from '../core/contract/jobs/job.ts';
import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import type { ExecutionPlan } from '../core/plan.ts';

/** A job to run. */
export interface JobOrder {
  readonly plan: ExecutionPlan;
  readonly fields: JobFields;
  /** Owner of the job, with the rights and bounds under which it runs. */
  readonly caller: Caller;
  /** Makes repeated orders one job; undefined for a job of its own. */
  readonly claim: JobClaim | undefined;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Idempotency key of an order, and the digest of its body. */
export interface JobClaim {
  readonly key: string;
  readonly digest: string;
}

/** A job as its owner sees it. */
export interface Job extends JobSummary {
  /** Present with a final state. */
  readonly outcome?: Outcome | RefusalBody | undefined;
}

/** One event of a job, numbered from 1. */
export interface JobLogEvent {
  readonly id: number;
  readonly event: 'state' | 'stdout' | 'stderr' | 'skipped';
  readonly data:
    | { readonly state: JobState; readonly attempts: number }
    | { readonly text: string }
    | { readonly events: number };
}

/** Selects the jobs of a list. */
export interface ListPart {
  /** Undefined for all states. */
  readonly state?: JobState | undefined;
  /** Id of the last job that was listed; those before it come next. Undefined for the newest ones. */
  readonly before?: string | undefined;
  readonly most: number;
}

export interface WaitOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Jobs: executions that nobody waits for. Every call is for one owner (`Caller.queueKey`), who sees no job of another.
 * @throws Refusal `not_found` for a job that the owner does not have.
 */
export interface Jobs {
  /** Whether jobs outlive a restart. */
  readonly isDurable: boolean;
  /**
   * Takes all orders, or none.
   * @throws Refusal `overloaded` when there is no room for them; `invalid_input` when a claim was used with another
   * body.
   */
  submit(orders: readonly JobOrder[]): Promise<Job[]>;
  get(owner: string, id: string): Promise<Job>;
  /**
   * Returns some of the owner's jobs, the newest first.
   * @throws Refusal `not_found` when the owner has no job `before`.
   */
  list(owner: string, part: ListPart): Promise<Job[]>;
  /** Cancels a job unless it is final already; returns it as it is afterwards, which tells who won. */
  cancel(owner: string, id: string): Promise<Job>;
  /**
   * Waits for the end of a job; returns it as it is then.
   * @throws Refusal `overloaded` when too many wait; otherwise the reason of the signal.
   */
  wait(owner: string, id: string, options: WaitOptions): Promise<Job>;
  /**
   * Yields the events of a job after a number, then those to come, until its end.
   * @throws Refusal `overloaded` when too many watch; otherwise the reason of the signal.
   */
  watch(owner: string, id: string, after: number, signal: AbortSignal): AsyncIterable<JobLogEvent>;
  /** Numbers of jobs by state. */
  counts(): Readonly<Record<JobState, number>>;
  /** Starts no more jobs; resolves once those that run have ended, which they do at the latest with the executor. */
  close(): Promise<void>;
}
