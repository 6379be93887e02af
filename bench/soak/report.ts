import { packageRoot } from '../../src/paths.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sum } from '../statistics.ts';
import { formatTable, toPercent } from '../tables.ts';
import type { CpuShares } from './cpu-shares.ts';
import { hostFigures, type Figure } from './figures.ts';
import { fitTail, type Fit, type Point } from './fit.ts';
import { latencyFigures, type SoakRecord } from './record.ts';
import type { Tally } from './run-load.ts';

export interface JudgedFigure extends Figure {
  readonly points: readonly Point[];
  readonly fit: Fit | undefined;
}

/** Findings of a soak. */
export interface Findings {
  readonly figures: readonly JudgedFigure[];
  /** In a short run growth is that of the beginning: it is shown and not judged. */
  readonly isJudged: boolean;
  /** Resources that the idle service holds after the load and did not before. */
  readonly leftovers: readonly string[];
  readonly tally: Tally;
  readonly failures: readonly string[];
}

/** Below so many minutes growth says nothing yet. */
export const LEAST_MINUTES = 15;

export function judgeFigures({ series }: SoakRecord): readonly JudgedFigure[] {
  return Object.entries<Figure>({ ...hostFigures, ...latencyFigures }).flatMap(([name, figure]) => {
    const points = series.get(name);
    if (points === undefined) return [];
    const fitted = name in latencyFigures ? adjust(points, series.get('machine') ?? []) : points;
    return [{ ...figure, points: fitted, fit: fitTail(fitted, figure) }];
  });
}

/** A latency as it would be if the machine had always been as fast as it was on average: others may be at work on it. */
function adjust(points: readonly Point[], machine: readonly Point[]): readonly Point[] {
  const mean = sum(machine.map(({ value }) => value)) / machine.length;
  return points.map(({ at, value }) => {
    const then = machine.find((one) => one.at === at)?.value ?? mean;
    return { at, value: (value * mean) / then };
  });
}

/** Every fault in a sentence: none where the soak passed. */
export function listFaults({ figures, isJudged, leftovers, tally, failures }: Findings): readonly string[] {
  const growing = figures.filter(({ fit }) => isJudged && fit?.isFlat === false);
  return [
    ...(tally.complained > 0 ? [`${tally.complained} answers were not as they should be`] : []),
    ...(failures.length > 0 ? [`${failures.length} probes got no right answer: ${failures[0] ?? ''}`] : []),
    ...growing.map(
      ({ title, fit }) => `${title}: grew by ${format(fit?.growth)}, ${format(fit?.allowed)} are allowed`,
    ),
    ...(leftovers.length > 0 ? [`left at rest: ${leftovers.slice(0, 5).join(', ')}`] : []),
  ];
}

export interface Run {
  readonly command: string;
  readonly minutes: number;
  readonly machine: string;
  readonly cpu: CpuShares;
  readonly leftOut: readonly string[];
}

export function formatFindings(findings: Findings, run: Run): string {
  const { figures, isJudged, tally } = findings;
  const faults = listFaults(findings);
  const turns = sum([...tally.turns.values()]);
  const answers = sum([...tally.verdicts.values()]);
  const verdict = faults.length === 0 ? (isJudged ? 'Flat.' : 'Every answer was right.') : 'Not passed.';
  const rows = figures.map(({ title, unit, points, fit }) => [
    unit === '' ? title : `${title}, ${unit}`,
    format(points[0]?.value),
    format(fit?.mean),
    format(Math.max(...points.map(({ value }) => value))),
    format(fit?.growth),
    format(fit?.allowed),
    isJudged ? (fit?.isFlat === true ? 'flat' : 'GROWS') : 'not judged',
  ]);
  const verdicts = [...tally.verdicts].toSorted(([, one], [, other]) => other - one);
  return [
    `**${verdict}** ${turns} turns, ${answers} answers in ${run.minutes} minutes by \`${run.command}\`, on ${run.machine}. ${describeCpu(run.cpu)}`,
    ...faults.map((fault) => `- ${fault}`),
    formatTable([['figure', 'first', 'mean', 'most', 'growth', 'allowed', ''], ...rows]),
    formatTable([
      ['answers', 'how many'],
      ...verdicts.map(([name, count]) => [`\`${name}\``, String(count)]),
    ]),
    run.leftOut.length === 0
      ? ''
      : `Left out, for what this host or service does not have: ${run.leftOut.join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const describeCpu = ({ service, machine }: CpuShares): string =>
  [
    ...(service === undefined ? [] : [`The service and its jails took ${toPercent(service)} of all cores,`]),
    `${service === undefined ? 'All' : 'all'} that ran on the machine ${toPercent(machine)}.`,
  ].join(' ');

const format = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : value.toFixed(Math.abs(value) < 10 ? 2 : 1);

export function writePlot(svg: string): void {
  writeFileSync(join(packageRoot, 'docs/images/soak.svg'), svg);
}
