import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../src/paths.ts';
import { isCompared, type Difference } from './compare.ts';
import type { Ran } from './run-parts.ts';
import { partNames, type PartName } from './side.ts';

/** Checks by the name of their subject. */
const checksSchema = z.record(z.string(), z.array(z.string()).min(1));

const expectationSchema = z.strictObject({
  /** One sentence: which promise of isolation makes the difference, or what is to be mended. */
  reason: z.string().regex(/^[A-Z`].*\.$/),
  kind: z.enum(['promise', 'fault']),
  ...(Object.fromEntries(partNames.map((name) => [name, checksSchema.optional()])) as Record<
    PartName,
    z.ZodOptional<typeof checksSchema>
  >),
});

export const expectationsSchema = z.strictObject({ differences: z.array(expectationSchema) });

/** Differences that have one reason. A fault is one that is to go. */
export type Expectation = z.infer<typeof expectationSchema>;

export const expectationsFile = join(packageRoot, 'test/truth/expectations.json');

/** @throws Error where the file is not what its schema says, or names a check twice. */
export function readExpectations(): readonly Expectation[] {
  const { differences } = expectationsSchema.parse(JSON.parse(readFileSync(expectationsFile, 'utf8')));
  const keys = differences.flatMap(listKeys);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new Error(`${expectationsFile} names a check twice: ${twice}`);
  return differences;
}

/** Judgement of a run by the expectations. */
export interface Judgement {
  readonly expected: ReadonlyMap<Expectation, readonly Difference[]>;
  readonly unexpected: readonly Difference[];
  /** Expected differences whose checks ran, and came out alike. */
  readonly gone: readonly string[];
}

export function judge(
  differences: readonly Difference[],
  ran: readonly Ran[],
  expectations: readonly Expectation[],
): Judgement {
  const reasons = new Map(expectations.flatMap((one) => listKeys(one).map((key) => [key, one] as const)));
  const comparable = listComparable(ran);
  const seen = new Set(differences.map(toKey));
  return {
    expected: new Map(
      expectations.map((one) => [one, differences.filter((found) => reasons.get(toKey(found)) === one)]),
    ),
    unexpected: differences.filter((found) => !reasons.has(toKey(found))),
    gone: [...reasons.keys()].filter((key) => !seen.has(key) && comparable.has(key)),
  };
}

export const toKey = ({ part, subject, check }: Pick<Difference, 'part' | 'subject' | 'check'>): string =>
  `${part} ${subject} ${check}`;

/** Keys of the differences that an expectation names. */
export const listKeys = (expectation: Expectation): string[] =>
  partNames.flatMap((part) =>
    Object.entries(expectation[part] ?? {}).flatMap(([subject, checks]) =>
      checks.map((check) => toKey({ part, subject, check })),
    ),
  );

/** Other versions have other tests: of those that did not run, or do not pass outside, nothing is expected. */
function listComparable(ran: readonly Ran[]): Set<string> {
  const keys = ran.flatMap(({ part: { name: part }, subjects }) =>
    [...subjects].flatMap(([subject, { outside }]) =>
      Object.entries(outside).flatMap(([check, result]) =>
        isCompared(part, result) ? [toKey({ part, subject, check })] : [],
      ),
    ),
  );
  return new Set(keys);
}
