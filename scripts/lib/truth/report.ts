import { listDifferences, type Difference } from './compare.ts';
import type { Expectation, Judgement } from './expectations.ts';
import type { Ran } from './run-parts.ts';
import type { PartName, Side } from './side.ts';

const titles: Readonly<Record<PartName, string>> = {
  cpython: "CPython's own tests",
  programs: 'Programs',
  packages: 'Packages of PyPI',
  runtimes: 'Programs of other runtimes',
};

/** The figures of docs/truth.md: what ran, how much of it came out alike, and why the rest does not. */
export function formatReport(
  ran: readonly Ran[],
  { expected, unexpected }: Judgement,
  { date, machine }: { readonly date: string; readonly machine: string },
): string {
  const promises = [...expected].filter(([{ kind }]) => kind === 'promise');
  const faults = [...expected].filter(([{ kind }]) => kind === 'fault');
  return [
    `Measured ${date} on ${machine}.`,
    ...ran.filter(({ part }) => part.name === 'cpython').map(formatSuite),
    formatPrograms(ran.filter(({ part }) => part.name !== 'cpython')),
    '## What differs, and why',
    formatReasons(promises, 'Nothing.'),
    '## What differs, and should not',
    formatReasons(faults, unexpected.length === 0 ? 'Nothing.' : ''),
    ...(unexpected.length === 0 ? [] : [`Without a known reason: ${unexpected.map(nameOf).join(', ')}.`]),
    '## Versions',
    ran.map(({ part }) => `- ${titles[part.name]}: ${part.versions.join(', ')}`).join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** Counts tests that pass outside, those of them that pass inside, and those that pass inside alone. */
export function countTests({ subjects }: Ran): { outside: number; inside: number; insideAlone: number } {
  const count = { outside: 0, inside: 0, insideAlone: 0 };
  for (const { outside, inside } of subjects.values()) {
    for (const [test, { outcome }] of Object.entries(inside))
      if (outcome === 'passed' && outside[test]?.outcome !== 'passed') count.insideAlone += 1;
    for (const [test, { outcome }] of Object.entries(outside)) {
      if (outcome !== 'passed') continue;
      count.outside += 1;
      if (inside[test]?.outcome === 'passed') count.inside += 1;
    }
  }
  return count;
}

function formatSuite(ran: Ran): string {
  const { outside, inside, insideAlone } = countTests(ran);
  const share = ((inside / outside) * 100).toFixed(2);
  return [
    '| modules | tests that pass outside | of these, inside | share | pass inside alone |',
    '|---|---|---|---|---|',
    `| ${ran.subjects.size} | ${group(outside)} | ${group(inside)} | ${share} % | ${group(insideAlone)} |`,
  ].join('\n');
}

function formatPrograms(ran: readonly Ran[]): string {
  if (ran.length === 0) return '';
  const rows = ran.map(({ part, subjects }) => {
    const all = [...subjects];
    const differing = all.filter(([name, subject]) => listDifferences(part.name, name, subject).length > 0);
    const turned = all.filter(([, { outside, inside }]) => isSuccess(outside) !== isSuccess(inside));
    return `| ${titles[part.name]} | ${all.length} | ${all.length - differing.length} | ${turned.length} |`;
  });
  return ['| | programs | alike | success on one side only |', '|---|---|---|---|', ...rows].join('\n');
}

const isSuccess = (side: Side): boolean => side['end']?.outcome === '0';

function formatReasons(
  reasons: readonly (readonly [Expectation, readonly Difference[]])[],
  none: string,
): string {
  const seen = reasons.filter(([, differences]) => differences.length > 0);
  if (seen.length === 0) return none;
  const rows = seen.map(([{ reason }, differences]) => {
    const subjects = [...new Set(differences.map(({ subject }) => `\`${subject}\``))];
    return `| ${reason} | ${group(differences.length)} | ${subjects.join(', ')} |`;
  });
  return ['| why | checks | in |', '|---|---|---|', ...rows].join('\n');
}

const nameOf = ({ subject, check }: Difference): string => `\`${subject} ${check}\``;

const group = (count: number): string => count.toLocaleString('en');
