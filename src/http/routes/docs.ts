import type { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from '../app-env.ts';
import { docsFileNames, docsPage, docsPolicy, loadDocsFile } from '../docs-files.ts';
import type { ApiFacts } from '../openapi/document.ts';
import { respondText, retainedHeaders, toStableText, type StableText } from '../stable-text.ts';

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
    return respondText(c, document);
  });
  app.get(`${base}/docs`, validate, (c) => {
    c.header('Content-Security-Policy', docsPolicy);
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    return respondText(c, docsPage);
  });
  app.get(`${base}/docs/:file`, validate, async (c) => {
    const wanted = c.req.param('file');
    const name = docsFileNames.find((known) => known === wanted);
    return name === undefined ? c.notFound() : respondText(c, await loadDocsFile(name));
  });
}
