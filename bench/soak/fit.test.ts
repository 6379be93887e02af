import { describe, expect, it } from 'vitest';
import { fitTail, type Point } from './fit.ts';

const tolerance = { share: 0.1, plus: 1 };
const series = (value: (at: number) => number): Point[] =>
  Array.from({ length: 100 }, (_, at) => ({ at, value: value(at) }));

describe('fitTail', () => {
  it('calls a figure flat that only rises at the beginning', () => {
    const fit = fitTail(
      series((at) => Math.min(at * 10, 200)),
      { tolerance },
    );
    expect(fit).toMatchObject({ mean: 200, isFlat: true });
    expect(fit?.growth).toBeCloseTo(0);
  });

  it('finds a slow leak below noise', () => {
    const fit = fitTail(
      series((at) => 100 + at * 0.3 + (at % 7)),
      { tolerance },
    );
    expect(fit?.isFlat).toBe(false);
    expect(fit?.growth).toBeGreaterThan(18);
  });

  it('does not mind noise, nor what falls', () => {
    expect(
      fitTail(
        series((at) => 100 + 20 * (at % 2)),
        { tolerance },
      )?.isFlat,
    ).toBe(true);
    expect(
      fitTail(
        series((at) => 200 - at),
        { tolerance },
      )?.isFlat,
    ).toBe(true);
  });

  it('says nothing of two points', () => {
    expect(fitTail(series(() => 1).slice(0, 2), { tolerance })).toBeUndefined();
  });
});
