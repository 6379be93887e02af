import type { Comparison, Round } from './compare.ts';
import { median, sum, toLatency, type Latency } from './statistics.ts';

/** Results of one side under one load. */
export interface SideFigures {
  readonly latency: Latency;
  /** Runs per second, the median of the rounds. */
  readonly rate: number;
  /** CPU milliseconds per run. */
  readonly cpu: number;
}

/** The service's figure divided by that of the bare jail. */
export interface Ratio {
  readonly all: number;
  /** Lowest and highest ratio of a single round, which show the spread. */
  readonly apart: readonly [number, number];
}

export interface Figures {
  readonly service: SideFigures;
  readonly bare: SideFigures;
  readonly ratios: { readonly [K in 'median' | 'p99' | 'rate' | 'cpu']: Ratio };
  /** See `Comparison`. */
  readonly otherLoad: number;
  readonly rounds: number;
  /** Runs of each side in each round. */
  readonly runs: number;
}

export function toFigures({ rounds, otherLoad }: Comparison): Figures {
  const service = toSideFigures(rounds.service);
  const bare = toSideFigures(rounds.bare);
  const ratio = (figure: (side: SideFigures) => number): Ratio => {
    const each = rounds.service.flatMap((round, index) => {
      const other = rounds.bare[index];
      return other === undefined ? [] : [figure(toSideFigures([round])) / figure(toSideFigures([other]))];
    });
    return { all: figure(service) / figure(bare), apart: [Math.min(...each), Math.max(...each)] };
  };
  return {
    service,
    bare,
    ratios: {
      median: ratio(({ latency }) => latency.median),
      p99: ratio(({ latency }) => latency.p99),
      rate: ratio(({ rate }) => rate),
      cpu: ratio(({ cpu }) => cpu),
    },
    otherLoad,
    rounds: rounds.service.length,
    runs: rounds.service[0]?.latencies.length ?? 0,
  };
}

function toSideFigures(rounds: readonly Round[]): SideFigures {
  const latencies = rounds.flatMap((round) => round.latencies);
  return {
    latency: toLatency(latencies),
    rate: median(rounds.map((round) => (round.latencies.length * 1000) / round.wallMs)),
    cpu: sum(rounds.map(({ cpuMs }) => cpuMs)) / latencies.length,
  };
}
