import { nearestFirst } from '../core/nearest.ts';
import type { Analysis } from './analysis.ts';

/** What to tell a caller whose function is missing: the functions there are, those most like the wanted one first. */
export function describeMissing(analysis: Analysis, wanted: string): { availableFunctions: string[] } {
  return {
    availableFunctions: nearestFirst(
      wanted,
      analysis.functions.map(({ name }) => name),
    ),
  };
}
