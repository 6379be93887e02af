import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.ts';

const marks = /(<!-- figures: written by .* -->)[^]*?(<!-- end of figures -->)/;

/** Puts the report between the two marks of a page of docs, and leaves the rest of it alone. @throws Error where they are missing. */
export function writePage(report: string, name = 'performance.md'): void {
  const page = join(packageRoot, 'docs', name);
  const text = readFileSync(page, 'utf8');
  if (!marks.test(text)) throw new Error(`${page} lacks the marks between which the figures go.`);
  writeFileSync(
    page,
    text.replace(marks, (_, begin: string, end: string) => `${begin}\n\n${report}\n\n${end}`),
  );
}
