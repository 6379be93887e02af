import type { RequestBody } from './request.ts';

/** Languages in which the page writes a request down. */
export const snippetKinds = ['curl', 'Python', 'TypeScript'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/**
 * Returns a program that sends a request.
 * @param base URL of the service without a slash at its end.
 * @param needsKey true when the program has to send a key; it reads the key from `BRIG_KEY`, never from its text.
 */
export function writeSnippet(kind: SnippetKind, base: string, body: RequestBody, needsKey: boolean): string {
  switch (kind) {
    case 'curl':
      return writeCurl(base, body, needsKey);
    case 'Python':
      return writePython(base, body, needsKey);
    case 'TypeScript':
      return writeTypeScript(base, body, needsKey);
  }
}

/** A shell reads nothing between single quotes; one inside is written outside of them. */
const quoteForShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function writeCurl(base: string, body: RequestBody, needsKey: boolean): string {
  const key = needsKey ? ` \\\n  -H "authorization: Bearer $BRIG_KEY"` : '';
  return `curl -s ${quoteForShell(`${base}/execute`)} -H 'content-type: application/json'${key} \\
  -d ${quoteForShell(JSON.stringify(body, undefined, 2))}
`;
}

function writePython(base: string, body: RequestBody, needsKey: boolean): string {
  const key = needsKey ? `, "authorization": "Bearer " + os.environ["BRIG_KEY"]` : '';
  // The body as JSON in a raw text would need escapes; json.loads of a literal of JSON's own escapes needs none.
  return `import json${needsKey ? '\nimport os' : ''}
import urllib.request

body = json.loads(${JSON.stringify(escapeAstral(JSON.stringify(body)))})
request = urllib.request.Request(
    ${JSON.stringify(`${base}/execute`)},
    json.dumps(body).encode(),
    {"content-type": "application/json"${key}},
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))
`;
}

/** JSON's escapes of surrogate pairs are no characters in a literal of Python: they stay escapes for json.loads. */
const escapeAstral = (json: string): string =>
  json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function writeTypeScript(base: string, body: RequestBody, needsKey: boolean): string {
  const key = needsKey ? `, authorization: \`Bearer \${process.env.BRIG_KEY}\`` : '';
  return `const answer = await fetch(${JSON.stringify(`${base}/execute`)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json'${key} },
  body: JSON.stringify(${JSON.stringify(body, undefined, 2).replaceAll('\n', '\n  ')}),
});
console.log(await answer.json());
`;
}
