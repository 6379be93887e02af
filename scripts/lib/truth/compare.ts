import type { PartName, Result, Subject } from './side.ts';

/** One check that came out otherwise inside than outside. */
export interface Difference {
  readonly part: PartName;
  readonly subject: string;
  readonly check: string;
  readonly outside: Result;
  readonly inside: Result;
}

const missing: Result = { outcome: 'missing' };

/**
 * Lists what came out otherwise. Of CPython's tests only those that pass outside are promised anything: why the others
 * do not pass is a matter of the host.
 */
export function listDifferences(
  part: PartName,
  subject: string,
  { outside, inside }: Subject,
): readonly Difference[] {
  const checks = [...new Set([...Object.keys(outside), ...Object.keys(inside)])];
  return checks
    .map((check) => ({
      ...{ part, subject, check },
      outside: outside[check] ?? missing,
      inside: inside[check] ?? missing,
    }))
    .filter(({ outside: out, inside: own }) => out.outcome !== own.outcome && isCompared(part, out));
}

/** Whether a difference from this result counts. */
export const isCompared = (part: PartName, outside: Result): boolean =>
  part !== 'cpython' || outside.outcome === 'passed';

/**
 * Joins two runs of a subject: where they disagree, and one of them has both sides alike, that one counts. So a
 * difference is what happens each time.
 */
export function joinRuns(part: PartName, subject: string, first: Subject, second: Subject): Subject {
  const differing = new Set(listDifferences(part, subject, second).map(({ check }) => check));
  const outside = { ...first.outside };
  const inside = { ...first.inside };
  for (const { check } of listDifferences(part, subject, first)) {
    if (differing.has(check)) continue;
    for (const [side, again] of [
      [outside, second.outside],
      [inside, second.inside],
    ] as const) {
      const result = again[check];
      if (result === undefined) delete side[check];
      else side[check] = result;
    }
  }
  return { outside, inside };
}
