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

/** Sets the headers of every answer, and reports the request once it is answered. */
export function watchRequest(onRequest: (event: RequestEvent) => void): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const start = performance.now();
    const traceparent = acceptTraceparent(c.req.header('traceparent'));
    c.set('traceparent', traceparent);
    c.set('disconnect', c.req.raw.signal);
    for (const [name, value] of Object.entries(standingHeaders)) c.header(name, value);
    if (traceparent !== undefined) c.header('traceparent', traceparent);
    await next();
    const route = routePath(c, -1);
    onRequest({
      ...labelRequest(c),
      route: route.includes('*') ? undefined : route,
      status: c.res.status,
      durationMs: performance.now() - start,
      aborted: c.get('disconnect').aborted,
      refusal: c.get('refusal'),
    });
  };
}

/** Returns the identification of a request for the log. */
export function labelRequest(c: Context<AppEnv>): RequestLabel {
  return {
    id: c.get('requestId'),
    method: c.req.method,
    path: c.req.path,
    traceparent: c.get('traceparent'),
  };
}
