import type { Sample } from './read-samples.ts';

/** All samples of one moment. */
export interface Reading {
  /** In seconds, from any origin. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

/** Returns the samples of a metric. */
export const samplesOf = ({ samples }: Reading, name: string): readonly Sample[] =>
  samples.filter((sample) => sample.name === name);

/** Returns the sum of a metric; undefined when there is none. */
export function sumOf(reading: Reading, name: string): number | undefined {
  const found = samplesOf(reading, name);
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

/** Returns the sums of a metric by the value of a label. */
export function sumBy(reading: Reading, name: string, label: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of samplesOf(reading, name)) {
    const key = labels[label] ?? '';
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}

/** Returns increases per second between two readings, by the value of a label, the highest first. */
export function ratesBy(
  before: Reading,
  now: Reading,
  name: string,
  label: string,
): readonly (readonly [string, number])[] {
  const earlier = sumBy(before, name, label);
  const seconds = Math.max(now.at - before.at, 0.001);
  return [...sumBy(now, name, label)]
    .map(([key, value]) => [key, increase(earlier.get(key) ?? 0, value) / seconds] as const)
    .filter(([, rate]) => rate > 0)
    .toSorted(([, one], [, other]) => other - one);
}

/** A counter that became smaller began anew. */
const increase = (before: number, now: number): number => (now >= before ? now - before : now);

/**
 * Estimates a quantile of what a histogram counted between two readings, as Prometheus does; undefined when it counted
 * nothing.
 */
export function quantileOf(
  [before, now]: readonly [Reading, Reading],
  name: string,
  quantile: number,
  isMeant: (sample: Sample) => boolean = () => true,
): number | undefined {
  const bucketsOf = (reading: Reading): ReadonlyMap<string, number> =>
    sumBy({ ...reading, samples: reading.samples.filter(isMeant) }, `${name}_bucket`, 'le');
  const earlier = bucketsOf(before);
  const buckets = [...bucketsOf(now)]
    .map(([le, count]) => ({
      bound: le === '+Inf' ? Infinity : Number(le),
      count: increase(earlier.get(le) ?? 0, count),
    }))
    .toSorted((one, other) => one.bound - other.bound);
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const { bound: lower, count: below } = buckets[at - 1] ?? { bound: 0, count: 0 };
  const { bound: upper, count } = buckets[at] ?? { bound: Infinity, count: total };
  if (upper === Infinity) return lower;
  return lower + ((upper - lower) * (rank - below)) / Math.max(count - below, 1);
}
