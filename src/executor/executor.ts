import type { Caller } from '../core/caller.ts';
import type { Review } from '../core/generation/generation.ts';
import type { Health } from '../core/health.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Runtimes } from '../core/runtimes.ts';
import type { ExecutionPlan } from '../core/plan.ts';
import type { Survey, SurveyLists } from '../core/survey.ts';
import type { OutputListener } from '../sandbox/sandbox.ts';

export interface ExecuteOptions {
  /** Whose request it is; callers take turns where executions have to wait. */
  readonly caller?: Caller | undefined;
  /** The caller went away, or changed its mind: ends the execution, also one that still waits. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called once, when the script is handed to its jail, and not before `execute` has returned its promise. Never for one
   * that is refused, or of which nothing is run.
   */
  readonly onStart?: ((start: ExecutionStart) => void) | undefined;
  readonly onOutput?: OutputListener | undefined;
  /** Of the request that it came with, for the log. */
  readonly requestId?: string | undefined;
  /** What the model that wrote the script says of it: nobody is asked to review it again. */
  readonly review?: Review | undefined;
  /** Called once, with how long each step took in milliseconds, before the outcome is returned. */
  readonly onTimings?: ((timings: Timings) => void) | undefined;
}

export interface ExecutionStart {
  readonly id: string;
  readonly timings: Pick<Timings, 'model' | 'analysis' | 'queue' | 'compile' | 'jail'>;
}

/**
 * Who reviews a script that asks for it, before it runs.
 * @throws Refusal where there is nobody, or no answer that can be used; the signal's reason.
 */
export type Reviewer = (
  script: Pick<ExecutionPlan, 'script' | 'runtime'>,
  options: Pick<ExecuteOptions, 'caller' | 'signal' | 'requestId'>,
) => Promise<Review>;

/** Steps of one execution, in milliseconds. */
export interface Timings {
  /** Only where a model wrote the script, or reviewed it. */
  readonly model?: number;
  readonly analysis: number;
  readonly queue: number;
  /** Only where a compiler makes a program of the script. */
  readonly compile?: number;
  readonly jail: number;
  readonly run: number;
  readonly collect: number;
}

/**
 * The one pipeline that every door uses: analysis, admission, lease, run, verdict.
 * A script that fails is an `Outcome`; what could not be run at all is a `Refusal`, and an aborted execution
 * rejects with the signal's reason.
 */
export interface Executor {
  execute(plan: ExecutionPlan, options?: ExecuteOptions): Promise<Outcome>;
  /**
   * What a script consists of, and what of the lists it uses; nothing is run. Undefined for one that cannot be read in time.
   * @throws Refusal `overloaded` where others keep the analysis busy; the signal's reason where that is aborted.
   */
  survey(
    script: string,
    lists: SurveyLists,
    options?: Pick<ExecuteOptions, 'caller' | 'signal'>,
  ): Promise<Survey | undefined>;
  health(): Health;
  /** What can run scripts here. */
  runtimes(caller?: Caller): Promise<Runtimes>;
  /** Refuses what comes, finishes what runs until the deadline, ends the rest; resolves when nothing is left. */
  close(): Promise<void>;
}
