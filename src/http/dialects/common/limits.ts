import { limitNames, limitsSchema, type Limits, type RequestedLimits } from '../../../core/limits.ts';

/** The fewest MiB that a limit of memory can have here. */
const LEAST_MEMORY_MB = limitsSchema.shape.memory_mb.minValue ?? 1;

/**
 * What a caller of another system asks for, cut to the operator's ceilings: those systems say nothing of a limit that is
 * too high.
 */
export function cutToCeilings(asked: RequestedLimits, ceilings: Limits): RequestedLimits {
  const limits: RequestedLimits = {};
  for (const name of limitNames) {
    const value = asked[name];
    if (value !== undefined) limits[name] = Math.min(value, ceilings[name]);
  }
  if (limits.memory_mb !== undefined) limits.memory_mb = Math.max(limits.memory_mb, LEAST_MEMORY_MB);
  return limits;
}
