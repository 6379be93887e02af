import type { Caller } from '../core/contract/caller.ts';
import type { Review } from '../core/contract/generation/generation.ts';
import type { Health } from '../core/contract/health.ts';
import type { Outcome } from '../core/contract/outcome.ts';
import type { Runtimes } from '../core/contract/runtimes.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { Survey, SurveyLists } from '../core/contract/survey.ts';
import type { OutputListener } from '../sandbox/sandbox.ts';

export interface ExecuteOptions {
  /** Caller of the request; callers take turns when executions have to wait. */
  readonly caller?: Caller | undefined;
  /** Ends the execution, also while it waits: the caller went away or changed its mind. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called once, when the script is handed to its jail, and never before `execute` has returned its promise. Not
   * called when the plan is refused or nothing is run.
   */
  readonly onStart?: ((start: ExecutionStart) => void) | undefined;
  readonly onOutput?: OutputListener | undefined;
  /** Id of the request, for the log. */
  readonly requestId?: string | undefined;
  /** Trace context of the request (W3C), for logs and traces. */
  readonly traceparent?: string | undefined;
  /** Review by the model that wrote the script, which makes another one unnecessary. */
  readonly review?: Review | undefined;
  /** Called once before the outcome is returned, with the duration of each step in milliseconds. */
  readonly onTimings?: ((timings: Timings) => void) | undefined;
}

export interface ExecutionStart {
  readonly id: string;
  readonly timings: Pick<Timings, 'model' | 'analysis' | 'queue' | 'compile' | 'jail'>;
}

/**
 * Reviews a script before it runs, when the plan asks for it.
 * @throws Refusal when there is no reviewer or its answer is unusable; otherwise the reason of the aborted signal.
 */
export type Reviewer = (
  script: Pick<ExecutionPlan, 'script' | 'runtime'>,
  options: Pick<ExecuteOptions, 'caller' | 'signal' | 'requestId' | 'traceparent'>,
) => Promise<Review>;

/** Durations of the steps of one execution, in milliseconds. */
export interface Timings {
  /** Present only when a model wrote or reviewed the script. */
  readonly model?: number;
  readonly analysis: number;
  readonly queue: number;
  /** Present only when a compiler ran. */
  readonly compile?: number;
  readonly jail: number;
  readonly run: number;
  readonly collect: number;
}

/** Times at which the steps of one execution began, by `performance.now()`. */
export type StepStarts = { readonly [K in keyof Timings]?: number };

/**
 * The one pipeline behind every door: analysis, admission, lease, run, verdict.
 * A script that fails is an `Outcome`; a plan that cannot be run at all throws a `Refusal`; an aborted execution
 * rejects with the signal's reason.
 */
export interface Executor {
  execute(plan: ExecutionPlan, options?: ExecuteOptions): Promise<Outcome>;
  /**
   * Lists the parts of a script and those of `lists` that it uses; runs nothing. Returns undefined when the script
   * cannot be read in time.
   * @throws Refusal `overloaded` when others keep the analysis busy; otherwise the reason of the aborted signal.
   */
  survey(
    script: string,
    lists: SurveyLists,
    options?: Pick<ExecuteOptions, 'caller' | 'signal'>,
  ): Promise<Survey | undefined>;
  health(): Health;
  /** Reports itself unhealthy from now on, so that balancers send no more, and goes on. */
  retire(): void;
  /** Returns the runtimes that can run scripts here. */
  runtimes(caller?: Caller): Promise<Runtimes>;
  /**
   * Refuses new plans, lets running ones finish until the deadline, ends the rest; resolves when nothing is left.
   */
  close(): Promise<void>;
}
