import type { Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from '../app-env.ts';
import {
  docsFileNames,
  docsPage,
  docsPolicy,
  loadDocsFile,
  toStableText,
  type StableText,
} from '../docs-files.ts';
import type { ApiFacts } from '../openapi/document.ts';

/** Lets caches keep the answer and revalidate it by ETag; it changes with the service and its settings. */
const REVALIDATED = 'no-cache';
/** Headers that a 304 keeps. */
const retainedHeaders = [
  'access-control-allow-origin',
  'access-control-expose-headers',
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'etag',
  'ratelimit',
  'ratelimit-policy',
  'traceparent',
  'vary',
  'x-content-type-options',
  'x-request-id',
];

/** Routes the document of Brig's own contract, and its page. */
export const routeDocs = (app: Hono<AppEnv>, facts: ApiFacts): void =>
  routeDocument(app, '', async () => {
    // Imported on first use, to keep the start short.
    const { describeApi } = await import('../openapi/document.ts');
    return describeApi(facts);
  });

/**
 * Routes `GET /openapi.json`, a contract, and `GET /docs`, a page to read it, which loads nothing from elsewhere.
 * @param base path above both. @param describe called once, at the first use.
 */
export function routeDocument(
  app: Hono<AppEnv>,
  base: string,
  describe: () => Promise<object> | object,
): void {
  const validate = etag({ retainedHeaders });
  let document: StableText | undefined;
  app.get(`${base}/openapi.json`, validate, async (c) => {
    document ??= toStableText(JSON.stringify(await describe()), 'application/json');
    return respond(c, document);
  });
  app.get(`${base}/docs`, validate, (c) => {
    c.header('Content-Security-Policy', docsPolicy);
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    return respond(c, docsPage);
  });
  app.get(`${base}/docs/:file`, validate, async (c) => {
    const wanted = c.req.param('file');
    const name = docsFileNames.find((known) => known === wanted);
    return name === undefined ? c.notFound() : respond(c, await loadDocsFile(name));
  });
}

function respond(c: Context<AppEnv>, { bytes, type, etag: tag }: StableText): Response {
  return c.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': REVALIDATED, ETag: tag });
}
