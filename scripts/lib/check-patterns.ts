import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { exceptions } from './patterns/exceptions.ts';
import { findPatterns, type Found, type Pattern, type Unread } from './patterns/find-patterns.ts';
import { judgePatterns } from './patterns/judge-patterns.ts';

/*
 * Holds every regular expression of `src` and of the Python that Brig brings to linear time: any of them may meet text that a
 * caller or a script made for it. Proofs take seconds each and are written down in proofs.json: `--write` writes it anew,
 * `--all` proves everything again.
 */

const proofs = join(import.meta.dirname, 'patterns', 'proofs.json');
const [mode] = process.argv.slice(2);

const isTest = (file: string): boolean => /\.test(?:-support)?\.ts$/.test(file);
const sources = globSync('src/**/*.ts').filter((file) => !isTest(file));
const programs = globSync(['harness/**/*.py', 'nsjail/*.py']);

const { stdout } = await execa('python3', [
  join(import.meta.dirname, 'patterns', 'find-python-patterns.py'),
  ...programs,
]);
const ofPython = JSON.parse(stdout) as (Pattern | Unread)[];
const found: Found[] = [
  ...sources.map((file) => findPatterns(file, readFileSync(file, 'utf8'))),
  {
    patterns: ofPython.filter((one) => 'source' in one),
    unread: ofPython.filter((one) => 'written' in one),
  },
];

const written = new Set(JSON.parse(readFileSync(proofs, 'utf8')) as string[]);
const isProven = (pattern: string): boolean => mode !== '--all' && written.has(pattern);
const { complaints, proven } = await judgePatterns(found, exceptions, isProven);
for (const complaint of complaints) console.error(complaint);
if (mode === '--write') writeFileSync(proofs, `${JSON.stringify(proven, undefined, 2)}\n`);
else if (complaints.length === 0 && proven.some((pattern) => !written.has(pattern))) {
  console.log(
    'New patterns are linear; `node scripts/lib/check-patterns.ts --write` writes their proofs down.',
  );
}
process.exitCode = complaints.length === 0 ? 0 : 1;
