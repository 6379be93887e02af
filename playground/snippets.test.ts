import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snippetKinds, writeSnippet } from './snippets.ts';

const url = 'http://127.0.0.1:8080/brig';
const nasty = "print(\"it's\", '$HOME `id` \\\\ \u2028 ünï 🙂 {{}}')\n";

/** Returns what a shell takes for the body. */
const bodyInShell = (snippet: string): unknown =>
  JSON.parse(
    execFileSync(
      'sh',
      ['-c', `curl() { while [ "$1" != -d ]; do shift; done; printf %s "$2"; }\n${snippet}`],
      {
        encoding: 'utf8',
      },
    ),
  );

describe('the request as a program', () => {
  it('reaches curl as it is, whatever the script holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(nasty, "'", "''\\''", '$(id)\n!x'), (script) => {
        expect(bodyInShell(writeSnippet('curl', url, { script }, true))).toEqual({ script });
      }),
    );
  });

  it('reaches Python as it is', () => {
    const snippet = writeSnippet('Python', url, { script: nasty }, true);
    const line = snippet.split('\n').find((text) => text.startsWith('body = '));
    const program = `import json, sys\n${line}\nsys.stdout.write(json.dumps(body))`;
    const read = execFileSync('python3', ['-c', program], { encoding: 'utf8' });
    expect(JSON.parse(read)).toEqual({ script: nasty });
  });

  it('reaches TypeScript as it is', async () => {
    const snippet = writeSnippet('TypeScript', url, { script: nasty }, false);
    const sent = await new Promise<string>((resolve) => {
      const fetch = (_: string, { body }: { body: string }): void => resolve(body);
      // The program awaits an answer that never comes.
      // eslint-disable-next-line no-new-func, typescript/no-implied-eval, typescript/no-unsafe-call
      new Function('fetch', `(async () => { ${snippet.replace('await fetch', 'fetch')} })().catch(() => {})`)(
        fetch,
      );
    });
    expect(JSON.parse(sent)).toEqual({ script: nasty });
  });

  it.each(snippetKinds)('never holds a key, and names where it is read from: %s', (kind) => {
    expect(writeSnippet(kind, url, { script: 'x' }, true)).toContain('BRIG_KEY');
    expect(writeSnippet(kind, url, { script: 'x' }, false)).not.toContain('BRIG_KEY');
  });
});
