import type { Logger } from 'pino';
import { readTraceId, round, tellPath } from './log-fields.ts';
import type { Sampler } from './sample.ts';

/** Facts of an answered request for the log. */
export interface LoggedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly aborted: boolean;
  readonly traceparent: string | undefined;
  readonly executionId: string | undefined;
  readonly refusal: { readonly category: string } | undefined;
}

/** Routes that probes and scrapers ask all the time. */
const frequent: ReadonlySet<string> = new Set(['/live', '/health', '/metrics']);

/** Logs one line for each answered request; those of probes only at level debug, unless they fail. */
export function logRequests(logger: Logger, isSampled: Sampler): (request: LoggedRequest) => void {
  return (request) => {
    const { id, method, path, route, status, durationMs, aborted, executionId, refusal } = request;
    const isFine = status < 400 && !aborted;
    if (isFine && !isSampled(id)) return;
    const level = isFine && route !== undefined && frequent.has(route) ? 'debug' : 'info';
    logger[level](
      {
        ...{ request_id: id, trace_id: readTraceId(request.traceparent), execution_id: executionId },
        ...{ method: method.slice(0, 20), path: tellPath(path), status, duration_ms: round(durationMs) },
        ...(refusal !== undefined && { error: refusal.category }),
        ...(aborted && { aborted }),
      },
      'request',
    );
  };
}
