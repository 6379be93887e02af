import type { Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { Refusal } from '../../core/contract/refusal.ts';
import type { AppEnv } from '../app-env.ts';
import { loadPlayground, type PlaygroundFiles } from '../playground-files.ts';
import { respondText, retainedHeaders } from '../stable-text.ts';

/**
 * Allows the page's own scripts, styles and requests, and pictures from data: what a script prints or returns is text or
 * a picture, and nothing in it can run.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Routes `GET /`, the page for people, and its parts.
 * @param folder folder of the bundle; read at the first use.
 */
export function routePlayground(app: Hono<AppEnv>, folder: string): void {
  let loading: Promise<PlaygroundFiles> | undefined;
  const load = async (): Promise<PlaygroundFiles> => {
    loading ??= loadPlayground(folder);
    try {
      return await loading;
    } catch {
      loading = undefined;
      throw new Refusal('not_found', 'The page was not built: `npm run build` makes it.');
    }
  };
  const validate = etag({ retainedHeaders });
  app.get('/', validate, async (c) => {
    const { page } = await load();
    protect(c);
    return respondText(c, page);
  });
  app.get('/playground/:file', validate, async (c) => {
    const file = (await load()).assets.get(c.req.param('file'));
    return file === undefined ? c.notFound() : respondText(c, file);
  });
}

function protect(c: Context<AppEnv>): void {
  c.header('Content-Security-Policy', policy);
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Cross-Origin-Opener-Policy', 'same-origin');
}
