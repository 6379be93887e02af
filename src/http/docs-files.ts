import { readFile } from 'node:fs/promises';
import { toStableText, type StableText } from './stable-text.ts';

/** Files of `GET /docs`, all served from here. */
export const docsFileNames = ['swagger-ui-bundle.js', 'swagger-ui.css', 'start.js'] as const;
export type DocsFileName = (typeof docsFileNames)[number];

export const docsPage = toStableText(
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Brig</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <script defer src="docs/swagger-ui-bundle.js"></script>
    <script defer src="docs/start.js"></script>
  </head>
  <body>
    <div id="docs"></div>
    <noscript>This page needs JavaScript; the document itself is <a href="openapi.json">openapi.json</a>.</noscript>
  </body>
</html>
`,
  'text/html',
);

/** Without the validator badge, which would call another host. */
const start = `SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
});
`;

/** Allows the page's own origin only; the renderer's icons are data. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const loaded = new Map<DocsFileName, Promise<StableText>>();

/** Loads a file of the page on first use. */
export function loadDocsFile(name: DocsFileName): Promise<StableText> {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const loading = readDocsFile(name);
  loaded.set(name, loading);
  loading.catch(() => loaded.delete(name));
  return loading;
}

async function readDocsFile(name: DocsFileName): Promise<StableText> {
  const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  if (name === 'start.js') return toStableText(start, type);
  const url = new URL(import.meta.resolve(`swagger-ui-dist/${name}`));
  return toStableText(await readFile(url, 'utf8'), type);
}
