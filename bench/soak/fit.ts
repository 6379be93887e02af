import type { Figure } from './figures.ts';

export interface Point {
  /** Seconds since the load began. */
  readonly at: number;
  readonly value: number;
}

export interface Fit {
  readonly mean: number;
  /** By how much the fitted line rises from the first of the points to the last. */
  readonly growth: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** Share of a run at its end that counts: before, caches fill and code is compiled, which is no leak. */
const FITTED_SHARE = 2 / 3;

/** The line of least squares through the last two thirds of a run. Undefined where there are fewer than three points. */
export function fitTail(points: readonly Point[], { tolerance }: Pick<Figure, 'tolerance'>): Fit | undefined {
  const end = points.at(-1)?.at ?? 0;
  const tail = points.filter(({ at }) => at >= end * (1 - FITTED_SHARE));
  const [first] = tail;
  if (first === undefined || tail.length < 3) return undefined;
  const mean = average(tail.map(({ value }) => value));
  const middle = average(tail.map(({ at }) => at));
  const spread = tail.reduce((total, { at }) => total + (at - middle) ** 2, 0);
  const slope = tail.reduce((total, { at, value }) => total + (at - middle) * (value - mean), 0) / spread;
  const growth = slope * (end - first.at);
  const allowed = mean * tolerance.share + tolerance.plus;
  return { mean, growth, allowed, isFlat: growth <= allowed };
}

const average = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
