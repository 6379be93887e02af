import type { ErrorCategory } from '../core/contract/error-category.ts';
import type { ExecutionReport } from '../core/contract/outcome.ts';
import type { RuntimeName } from '../core/contract/runtimes.ts';
import type { LossReason } from '../core/contract/sessions/session-state.ts';
import type { PoolEvent } from '../pool/pool.ts';
import type { SupplyState } from '../supply/jail-supply.ts';
import type { StepStarts, Timings } from './executor.ts';

/** Records who ran which script, as far as a log may know it. */
export interface Audit {
  /** Name of the caller's key; undefined when no key is needed. */
  readonly key: string | undefined;
  readonly runtime: RuntimeName;
  /** SHA-256 of the script's UTF-8, in hexadecimal digits. */
  readonly scriptHash: string;
  readonly requestId: string | undefined;
  /** Id of the session that it ran in. */
  readonly session?: string | undefined;
  /** Trace context of the request (W3C), if it has one. */
  readonly traceparent: string | undefined;
}

/** An execution that is over, however it ended. */
export interface Ending {
  readonly id: string;
  readonly audit: Audit;
  /** Time of its arrival, by `performance.now()`. */
  readonly arrival: number;
}

/** One question to the model, with all tries, from its turn to its end. */
export interface ModelCall {
  /** Model as configured. */
  readonly model: string;
  /** `answered`, the kind of failure, or `refused` when no call was left. */
  readonly outcome: string;
  /** Time at which it was sent, by `performance.now()`. */
  readonly start: number;
  readonly ms: number;
  /** Tokens as the provider counts them; undefined when it does not tell. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly traceparent: string | undefined;
}

/** Events of the pipeline for logs, metrics and traces. Never holds a script, its output or its result. */
export type ExecutorEvent =
  | (Ending & {
      readonly type: 'execution_finished';
      readonly verdict: 'success' | ErrorCategory;
      readonly returnCode: number | null;
      readonly usage: Pick<ExecutionReport, 'duration_ms' | 'cpu_ms' | 'memory_peak_bytes'>;
      readonly timings: Timings;
      /** Time at which each step began, by `performance.now()`; only those of steps that were taken. */
      readonly starts: StepStarts;
    })
  | (Ending & {
      readonly type: 'execution_refused';
      readonly category: ErrorCategory;
      readonly message: string;
    })
  | (Ending & { readonly type: 'execution_aborted' })
  /** The machine failed; `error` is for the log only. The execution it ended also emits `execution_refused`. */
  | { readonly type: 'jail_failed'; readonly id: string; readonly error: unknown }
  /** A fault of Brig ended a job; `error` is for the log only. */
  | { readonly type: 'job_failed'; readonly id: string; readonly error: unknown }
  /** A final job was sent to its webhook. */
  | { readonly type: 'webhook_tried'; readonly result: 'delivered' | 'again' | 'gone' }
  /** The store that services share can be used, or cannot: `fault` says why. */
  | { readonly type: 'shared_changed'; readonly fault: string | undefined }
  /** A session has its jail; `key` is the name of its owner's key. */
  | { readonly type: 'session_opened'; readonly id: string; readonly key: string | undefined }
  | {
      readonly type: 'session_ended';
      readonly id: string;
      readonly key: string | undefined;
      readonly reason: LossReason;
      readonly executions: number;
      readonly ms: number;
    }
  /** An execution has its jail, or its jail is gone. */
  | { readonly type: 'jail_leased' | 'jail_returned'; readonly runtime: RuntimeName }
  /** A pool of jails, by the name of its row, started, leased or ended a warm jail. */
  | { readonly type: 'pool'; readonly jails: string; readonly event: PoolEvent }
  /** A build of an environment ended; `result` is `succeeded` or the reason of its failure. */
  | { readonly type: 'build_ended'; readonly result: string; readonly ms: number }
  /** An environment could not be built; `failure` holds no secrets. */
  | { readonly type: 'build_failed'; readonly name: string; readonly failure: Error }
  /** A call of the model that writes or reviews scripts failed; holds neither the key nor a script. */
  | (ModelCall & { readonly type: 'model_called' })
  | {
      readonly type: 'model_failed';
      readonly kind: string;
      readonly status: number | undefined;
      readonly detail: string;
      /** Id of the request that made the call. */
      readonly requestId?: string | undefined;
    }
  /** Readiness of the jails of one kind; that of Python's is the readiness of the service. */
  | {
      readonly type: 'readiness_changed';
      readonly jails: string;
      readonly state: SupplyState;
      readonly cause: unknown;
    };

export type EventListener = (event: ExecutorEvent) => void;
