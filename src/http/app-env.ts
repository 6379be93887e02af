import type { Env } from 'hono';
import type { Caller } from '../core/contract/caller.ts';
import type { Refusal } from '../core/contract/refusal.ts';
import type { Hold } from '../pool/byte-budget.ts';

/** Values that a request carries through the HTTP door. */
export interface AppEnv extends Env {
  Variables: {
    requestId: string;
    /** Well-formed, or undefined. */
    traceparent: string | undefined;
    /** Trace context that the parts of this request belong to; undefined without a trace. */
    trace: string | undefined;
    /** Id of the execution that the request started, once it is known. */
    executionId: string | undefined;
    /**
     * Fires when the caller goes away before its answer. Read first, because reading a chunked body replaces the
     * request.
     */
    disconnect: AbortSignal;
    /** Caller of the key; undefined without a key. `identifyCaller` always returns one. */
    caller: Caller | undefined;
    /** Bytes that the request holds of the shared budget; undefined where there is no budget. */
    hold: Hold | undefined;
    /** Refusal of the request, if it was refused. */
    refusal: Refusal | undefined;
  };
}

/** Identification of a request in the log. */
export interface RequestLabel {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly traceparent: string | undefined;
}

/** A fault of Brig: the caller gets only its `id`, the log gets the rest. */
export interface Incident {
  readonly id: string;
  readonly error: unknown;
  readonly request: RequestLabel;
}

/** An answered request. */
export interface RequestEvent extends RequestLabel {
  /** Route as registered, for metrics; undefined when there was none. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** True when the caller was gone before its answer. */
  readonly aborted: boolean;
  /** Id of the execution that it started; undefined if there was none, or if it is not known yet. */
  readonly executionId: string | undefined;
  /** Includes its `cause`, which the caller does not see. */
  readonly refusal: Refusal | undefined;
}
