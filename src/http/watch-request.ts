import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { requestId } from 'hono/request-id';
import { routePath } from 'hono/route';
import type { AppEnv, RequestEvent, RequestLabel } from './app-env.ts';
import { acceptRequestId, acceptTraceparent, standingHeaders } from './headers.ts';

/** Hono's pattern is narrower than Brig's; ids that it rejects reach the generator. */
export const identifyRequest = (): MiddlewareHandler<AppEnv> =>
  requestId({
    limitLength: 128,
    generator: (c) => acceptRequestId(c.req.header('X-Request-Id')) ?? randomUUID(),
  });

/** Trace of one request. */
export interface RequestTrace {
  /** Trace context for the parts of the request (W3C). */
  readonly context: string;
  end(event: RequestEvent): void;
}

export interface RequestWatch {
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Begins the trace of a request, in the caller's own if it sent one. */
  readonly beginTrace?: ((traceparent: string | undefined) => RequestTrace) | undefined;
}

/** Routes that probes and scrapers ask all the time: a trace of each would bury the others. */
const isProbe = (path: string): boolean => path === '/live' || path === '/health' || path === '/metrics';

/** Sets the headers of every answer, and reports the request once it is answered. */
export function watchRequest({ onRequest, beginTrace }: RequestWatch): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const start = performance.now();
    const traceparent = acceptTraceparent(c.req.header('traceparent'));
    const trace = isProbe(c.req.path) ? undefined : beginTrace?.(traceparent);
    c.set('traceparent', traceparent);
    c.set('trace', trace?.context ?? traceparent);
    c.set('disconnect', c.req.raw.signal);
    for (const [name, value] of Object.entries(standingHeaders)) c.header(name, value);
    if (traceparent !== undefined) c.header('traceparent', traceparent);
    await next();
    const route = routePath(c, -1);
    const event: RequestEvent = {
      ...labelRequest(c),
      route: route.includes('*') ? undefined : route,
      status: c.res.status,
      durationMs: performance.now() - start,
      aborted: c.get('disconnect').aborted,
      executionId: c.get('executionId'),
      refusal: c.get('refusal'),
    };
    trace?.end(event);
    onRequest?.(event);
  };
}

/** Returns the identification of a request for the log. */
export function labelRequest(c: Context<AppEnv>): RequestLabel {
  return {
    id: c.get('requestId'),
    method: c.req.method,
    path: c.req.path,
    traceparent: c.get('trace'),
  };
}
