import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../../bench/tables.ts';
import { packageRoot } from '../../src/paths.ts';
import type { Finding } from './run-fault.ts';

const marks = /(<!-- faults: written by .* -->)[^]*?(<!-- end of faults -->)/;
const page = join(packageRoot, 'docs/faults.md');

/** A table for each group. */
export function formatFindings(findings: readonly Finding[]): string {
  const struck = findings.filter(({ leftOut }) => leftOut === undefined);
  const borne = struck.filter(({ faults }) => faults.length === 0);
  const groups = [...new Set(findings.map(({ group }) => group))];
  return [
    `${borne.length} of ${struck.length} faults were borne${struck.length < findings.length ? `, ${findings.length - struck.length} left out for what this host lacks` : ''}.`,
    ...groups.flatMap((group) => [
      `### ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      formatTable([
        ['what is done', 'what shows it', 'what callers see', 'ready after', ''],
        ...findings.filter((finding) => finding.group === group).map(toRow),
      ]),
    ]),
  ].join('\n\n');
}

const toRow = ({ what, proof, seen, readyMs, faults, leftOut }: Finding): string[] => [
  what,
  proof,
  leftOut ??
    Object.entries(seen)
      .map(([verdict, count]) => `${count} ${verdict.slice(0, 60)}`)
      .join(', '),
  readyMs === undefined ? '' : `${(readyMs / 1000).toFixed(1)} s`,
  leftOut === undefined ? (faults.length === 0 ? 'borne' : 'FAULT') : 'left out',
];

/** Puts the tables between the marks of docs/faults.md. @throws Error where they are missing. */
export function writePage(findings: readonly Finding[]): void {
  const text = readFileSync(page, 'utf8');
  if (!marks.test(text)) throw new Error(`${page} lacks the marks between which the faults go.`);
  writeFileSync(
    page,
    text.replace(
      marks,
      (_, begin: string, end: string) => `${begin}\n\n${formatFindings(findings)}\n\n${end}`,
    ),
  );
}
