import type { ErrorCategory } from '../core/error-category.ts';
import type { ExecutionReport } from '../core/outcome.ts';
import type { RuntimeName } from '../core/runtimes.ts';
import type { PoolEvent } from '../pool/pool.ts';
import type { SupplyState } from '../supply/jail-supply.ts';
import type { Timings } from './executor.ts';

/** Who ran what, as far as a log may know it. */
export interface Audit {
  /** The name of the caller's key; undefined where none is needed. */
  readonly key: string | undefined;
  readonly runtime: RuntimeName;
  /** SHA-256 of the script's UTF-8, in hexadecimal digits. */
  readonly scriptHash: string;
}

/** What the pipeline tells those who watch it: logs, metrics, traces. Never a script, its output or its result. */
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
  /** The machine failed; `error` is for the log alone. An execution that it ended is `execution_refused` as well. */
  | { readonly type: 'jail_failed'; readonly id: string; readonly error: unknown }
  /** A jail was started, taken or ended by the pool of warm ones. */
  | { readonly type: 'pool'; readonly event: PoolEvent }
  /** An environment could not be built; `failure` holds nothing secret. */
  | { readonly type: 'build_failed'; readonly name: string; readonly failure: Error }
  /** A call of the model that writes or reviews scripts failed; holds neither the key nor a script. */
  | {
      readonly type: 'model_failed';
      readonly kind: string;
      readonly status: number | undefined;
      readonly detail: string;
      /** Of the request that asked. */
      readonly requestId?: string | undefined;
    }
  /** Of the jails of one kind; Python's are the service's own. */
  | {
      readonly type: 'readiness_changed';
      readonly jails: string;
      readonly state: SupplyState;
      readonly cause: unknown;
    };

export type EventListener = (event: ExecutorEvent) => void;
