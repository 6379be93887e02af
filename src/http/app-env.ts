import type { Env } from 'hono';
import type { Caller } from '../core/caller.ts';
import type { Refusal } from '../core/refusal.ts';
import type { Hold } from '../pool/byte-budget.ts';

/** What one request carries from step to step inside the HTTP door. */
export interface AppEnv extends Env {
  Variables: {
    requestId: string;
    /** Well-formed, or undefined. */
    traceparent: string | undefined;
    /** Fires when the caller goes away before its answer. Taken first: reading a chunked body replaces the request. */
    disconnect: AbortSignal;
    /** Who sent it, where a key says so; `identifyCaller` knows it always. */
    caller: Caller | undefined;
    /** What the request has of the bytes that all share; nothing where nobody counts them. */
    hold: Hold | undefined;
    /** Why the request was not carried out. */
    refusal: Refusal | undefined;
  };
}

/** How a request is named in the log. */
export interface RequestLabel {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly traceparent: string | undefined;
}

/** A fault of ours: the caller got its `id` and nothing else, the log gets the rest. */
export interface Incident {
  readonly id: string;
  readonly error: unknown;
  readonly request: RequestLabel;
}

/** One answered request. */
export interface RequestEvent extends RequestLabel {
  /** The route as it was registered, for metrics; undefined where there was none. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** The caller was gone before it was answered. */
  readonly aborted: boolean;
  /** With its `cause`, which the caller did not see. */
  readonly refusal: Refusal | undefined;
}
