import type { Outcome } from './outcome.ts';

/** Bytes of an outcome beside the script's own text. */
const OVERHEAD = 4096;

/** Bytes that an outcome takes in memory, at most: of all text two for each UTF-16 unit, and of all files in it. */
export const measureOutcome = (outcome: Outcome): number => OVERHEAD + countBytes(outcome);

function countBytes(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countBytes(member), 0);
}
