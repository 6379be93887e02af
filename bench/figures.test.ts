import { describe, expect, it } from 'vitest';
import type { Round } from './compare.ts';
import { toFigures } from './figures.ts';
import { median, quantile, toLatency } from './statistics.ts';

const round = (wallMs: number, cpuMs: number, ...latencies: number[]): Round => ({
  latencies,
  wallMs,
  cpuMs,
});

describe('quantile', () => {
  it('is the value below which the share lies', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual(
      [1, 51, 100, 100],
    );
  });

  it('of none is NaN', () => {
    expect(median([])).toBeNaN();
    expect(toLatency([]).max).toBeNaN();
  });
});

describe('toFigures', () => {
  const figures = toFigures({
    rounds: {
      service: [round(1000, 20, 1, 2), round(500, 40, 3, 4), round(2000, 60, 5, 9)],
      bare: [round(1000, 10, 10, 10), round(1000, 10, 10, 10), round(1000, 10, 10, 20)],
    },
    otherLoad: 0.25,
  });

  it('takes latency and CPU time over all rounds, and the rate of the middle one', () => {
    expect(figures.service).toEqual({
      latency: { median: 4, p95: 9, p99: 9, max: 9 },
      rate: 2,
      cpu: 20,
    });
    expect([figures.bare.rate, figures.bare.cpu]).toEqual([2, 5]);
  });

  it('divides the whole, and each round for the spread', () => {
    expect(figures.ratios.median).toEqual({ all: 0.4, apart: [0.2, 0.45] });
    expect(figures.ratios.rate).toEqual({ all: 1, apart: [0.5, 2] });
    expect(figures.ratios.cpu).toEqual({ all: 4, apart: [2, 6] });
  });

  it('says how much was measured', () => {
    expect(figures).toMatchObject({ rounds: 3, runs: 2, otherLoad: 0.25 });
  });
});
