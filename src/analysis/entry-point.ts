import { nearestFirst } from '../core/text/nearest.ts';
import type { Analysis } from './analysis.ts';

/** Lists the functions of a script for a caller whose function is missing, the most similar names first. */
export function describeMissing(analysis: Analysis, wanted: string): { availableFunctions: string[] } {
  return {
    availableFunctions: nearestFirst(
      wanted,
      analysis.functions.map(({ name }) => name),
    ),
  };
}
