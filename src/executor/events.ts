import type { ErrorCategory } from '../core/contract/error-category.ts';
import type { ExecutionReport } from '../core/contract/outcome.ts';
import type { RuntimeName } from '../core/contract/runtimes.ts';
import type { PoolEvent } from '../pool/pool.ts';
import type { SupplyState } from '../supply/jail-supply.ts';
import type { Timings } from './executor.ts';

/** Records who ran which script, as far as a log may know it. */
export interface Audit {
  /** Name of the caller's key; undefined when no key is needed. */
  readonly key: string | undefined;
  readonly runtime: RuntimeName;
  /** SHA-256 of the script's UTF-8, in hexadecimal digits. */
  readonly scriptHash: string;
}

/** Events of the pipeline for logs, metrics and traces. Never holds a script, its output or its result. */
export type ExecutorEvent =
  | {
      readonly type: 'execution_finished';
      readonly id: string;
      readonly audit: Audit;
      readonly verdict: 'success' | ErrorCategory;
      readonly returnCode: number | null;
      readonly usage: Pick<ExecutionReport, 'duration_ms' | 'cpu_ms' | 'memory_peak_bytes'>;
      readonly timings: Timings;
    }
  | {
      readonly type: 'execution_refused';
      readonly id: string;
      readonly audit: Audit;
      readonly category: ErrorCategory;
      readonly message: string;
    }
  | { readonly type: 'execution_aborted'; readonly id: string; readonly audit: Audit }
  /** The machine failed; `error` is for the log only. The execution it ended also emits `execution_refused`. */
  | { readonly type: 'jail_failed'; readonly id: string; readonly error: unknown }
  /** The pool started, leased or ended a warm jail. */
  | { readonly type: 'pool'; readonly event: PoolEvent }
  /** An environment could not be built; `failure` holds no secrets. */
  | { readonly type: 'build_failed'; readonly name: string; readonly failure: Error }
  /** A call of the model that writes or reviews scripts failed; holds neither the key nor a script. */
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
