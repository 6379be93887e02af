import type { Outcome } from './outcome.ts';

/** Bytes of an outcome besides the script's own text. */
const OVERHEAD = 4096;

/**
 * Returns the most bytes that an outcome takes in memory: two for each UTF-16 unit of text, and the bytes of its
 * files.
 */
export const measureOutcome = (outcome: Outcome): number => measureParts(outcome);

/** Returns the same for other values, a plan for example. */
export const measureParts = (value: object): number => OVERHEAD + countBytes(value);

function countBytes(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countBytes(member), 0);
}
