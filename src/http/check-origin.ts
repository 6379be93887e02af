import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from './app-env.ts';
import { createDenier, type DenierOptions } from './deny.ts';
import { judgeOrigin, type OriginRules } from './judge-origin.ts';
import { isForEverybody, type AccessTable } from './route-access.ts';

/** Routes that a person may open by a link on a foreign page; none of them changes or runs anything. */
const visited: ReadonlySet<string> = new Set(['/docs', '/openapi.json', '/health', '/live']);
const visitedBelow = /^\/dialects\/[\w-]+(?:\/docs|\/openapi\.json)$/;

/** Header fields that pages of allowed origins may send, and those that they may read, besides the simple ones. */
const sentHeaders = [
  ...['Accept', 'Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'Last-Event-ID'],
  ...['Mcp-Method', 'Mcp-Name', 'Mcp-Protocol-Version', 'Mcp-Session-Id'],
  ...['traceparent', 'X-API-Key', 'X-Request-Id'],
];
const readHeaders = [
  ...['Allow', 'ETag', 'Idempotent-Replayed', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After'],
  ...['Server-Timing', 'traceparent', 'WWW-Authenticate', 'X-Request-Id'],
];
/** Seconds for which a browser may reuse a preflight. */
const REMEMBERED = 600;

export interface CheckOriginOptions extends DenierOptions {
  readonly rules: OriginRules;
  readonly access: AccessTable;
}

/**
 * Rejects pages of foreign origins before anything else of a request is read, and lets pages of the operator's
 * origins read the answers.
 */
export function checkOrigin({ rules, access, ...options }: CheckOriginOptions): MiddlewareHandler<AppEnv> {
  const deny = createDenier(options);
  const share = cors({
    origin: [...rules.allowedOrigins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: sentHeaders,
    exposeHeaders: readHeaders,
    maxAge: REMEMBERED,
  });
  return async (c, next) => {
    const origin = c.req.header('origin');
    const complaint = judgeOrigin(
      {
        host: c.req.header('host'),
        origin,
        site: c.req.header('sec-fetch-site'),
        isVisit: isVisit(c),
        isProbe: isForEverybody(c, access),
      },
      rules,
    );
    if (complaint !== undefined) return deny(c, complaint);
    return origin !== undefined && rules.allowedOrigins.includes(origin) ? share(c, next) : next();
  };
}

/** True when a person follows a link into a window of its own. */
const isVisit = (c: Context<AppEnv>): boolean =>
  c.req.method === 'GET' &&
  (visited.has(c.req.path) || visitedBelow.test(c.req.path)) &&
  c.req.header('sec-fetch-mode') === 'navigate' &&
  c.req.header('sec-fetch-dest') === 'document';
