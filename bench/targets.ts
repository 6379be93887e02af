import { describeLoad, type CaseName, type LoadName } from './cases.ts';
import type { Figures } from './figures.ts';
import type { ProgramRuntime } from '../src/core/contract/runtimes.ts';
import type { RuntimeWork } from './runtimes.ts';
import { toTotal, type Measurements } from './report.ts';
import { median, toLatency } from './statistics.ts';

/** Something aimed for, and what came of it. */
export interface Target {
  readonly name: string;
  readonly figure: string;
  readonly aim: string;
  readonly isReached: boolean;
}

/** The targets of all that was measured. */
export function judge(measurements: Measurements): Target[] {
  return [
    ...judgeCases(measurements),
    ...judgePandas(measurements),
    ...judgeRuntimes(measurements),
    ...judgeOverload(measurements),
    ...judgeMemory(measurements),
  ];
}

export const formatTargets = (targets: readonly Target[]): string =>
  targets
    .map(
      ({ name, figure, aim, isReached }) =>
        `${isReached ? 'reached' : 'MISSED '}  ${name}: ${figure} (${aim})`,
    )
    .join('\n');

type Aim = readonly [
  CaseName,
  LoadName,
  what: string,
  read: (figures: Figures) => number,
  'at most' | 'at least',
  number,
];

const ofMedian = ({ ratios }: Figures): number => ratios.median.all;

/** Ratios of a service with warm jails to a bare spawn. */
const aims: readonly Aim[] = [
  ['trivial', 'paced', 'median', ofMedian, 'at most', 0.25],
  ['trivial', 'paced', 'p99', ({ ratios }) => ratios.p99.all, 'at most', 0.6],
  ['numpy', 'paced', 'median', ofMedian, 'at most', 0.3],
  ['stdout', 'paced', 'median', ofMedian, 'at most', 0.6],
  ['stdout-lines', 'paced', 'median', ofMedian, 'at most', 0.6],
  ['trivial', 1, 'median', ofMedian, 'at most', 0.9],
  ['trivial', 8, 'throughput', ({ ratios }) => ratios.rate.all, 'at least', 0.85],
  ['trivial', 8, 'CPU per execution', ({ ratios }) => ratios.cpu.all, 'at most', 1.25],
];

function judgeCases({ configurations }: Measurements): Target[] {
  const warm = configurations.find(({ configuration }) => configuration === 'warm');
  return aims.flatMap(([name, load, what, read, direction, bound]) => {
    const found = warm?.cases.find((one) => one.name === name && one.load === load);
    if (found === undefined) return [];
    const ratio = read(found.figures);
    return {
      name: `${name}, ${describeLoad(load)}, ${what}, of a bare spawn`,
      figure: ratio.toFixed(3),
      aim: `${direction} ${bound}`,
      isReached: direction === 'at most' ? ratio <= bound : ratio >= bound,
    };
  });
}

const atMost = (name: string, ms: number, bound: number): Target => ({
  name,
  figure: `${ms.toFixed(1)} ms`,
  aim: `at most ${bound} ms`,
  isReached: ms <= bound,
});

const PANDAS_MS = 15;

function judgePandas({ configurations }: Measurements): Target[] {
  const warm = configurations.find(({ configuration }) => configuration === 'warm');
  const found = warm?.cases.find(({ name }) => name === 'pandas');
  if (found === undefined) return [];
  return [atMost('pandas, paced, median', found.figures.service.latency.median, PANDAS_MS)];
}

/** Milliseconds; Go and Rust with their caches warm. */
const runtimeAims: readonly (readonly [ProgramRuntime, RuntimeWork, number])[] = [
  ['node', 'source', 20],
  ['bun', 'source', 20],
  ['go', 'compiled', 1000],
  ['go', 'kept', 50],
  ['rust', 'compiled', 2000],
  ['rust', 'kept', 50],
];

function judgeRuntimes({ runtimes = [] }: Measurements): Target[] {
  return runtimeAims.flatMap(([runtime, work, bound]) => {
    const found = runtimes.find((one) => one.runtime === runtime && one.work === work);
    if (found === undefined) return [];
    return [atMost(`${runtime}, ${work}, median`, found.figures.service.latency.median, bound)];
  });
}

const UNLOADED_TIMES = 3;
const LIVE_MS = 50;

function judgeOverload({ overload }: Measurements): Target[] {
  if (overload === undefined) return [];
  const { accepted, refusals, unloadedMs, waitMs, live } = overload;
  const strange = [...refusals].filter(([category]) => category !== 'overloaded');
  const middle = median(accepted);
  const bound = UNLOADED_TIMES * unloadedMs + waitMs;
  const slowest = toLatency(live.latencies).max;
  return [
    {
      name: 'overload, every refusal is `overloaded`',
      figure: [...refusals].map(([category, times]) => `${times} ${category}`).join(', '),
      aim: 'some, and no other',
      isReached: refusals.size > 0 && strange.length === 0,
    },
    {
      name: 'overload, median of those executed',
      figure: `${middle.toFixed(1)} ms`,
      aim: `at most ${UNLOADED_TIMES} × ${unloadedMs.toFixed(1)} ms and the wait of ${waitMs} ms`,
      isReached: middle <= bound,
    },
    {
      name: 'overload, slowest answer of /live',
      figure: `${slowest.toFixed(1)} ms, ${live.failures.length} not answered`,
      aim: `at most ${LIVE_MS} ms, all answered`,
      isReached: slowest <= LIVE_MS && live.failures.length === 0,
    },
  ];
}

const RESTING_MB = 160;

function judgeMemory({ resting }: Measurements): Target[] {
  if (resting === undefined) return [];
  return (['atStart', 'afterwards'] as const).map((when) => {
    const total = toTotal(resting[when]);
    return {
      name: `memory at rest with a full pool, ${when === 'atStart' ? 'after the start' : `after ${resting.executions} executions`}`,
      figure: `${total.toFixed(0)} MiB`,
      aim: `at most ${RESTING_MB} MiB`,
      isReached: total <= RESTING_MB,
    };
  });
}
