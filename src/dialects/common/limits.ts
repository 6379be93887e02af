import { limitNames, limitsSchema, type Limits, type RequestedLimits } from '../../core/contract/limits.ts';

/** Smallest limits here, in MiB and cores. */
const least = {
  memory_mb: limitsSchema.shape.memory_mb.minValue ?? 1,
  cpus: limitsSchema.shape.cpus.minValue ?? 1,
} as const;

/**
 * Cuts the limits of a caller to the operator's ceilings, silently: those systems have no error for a limit that is
 * too high.
 */
export function cutToCeilings(asked: RequestedLimits, ceilings: Limits): RequestedLimits {
  const limits: RequestedLimits = {};
  for (const name of limitNames) {
    const value = asked[name];
    if (value !== undefined) limits[name] = Math.min(value, ceilings[name]);
  }
  if (limits.memory_mb !== undefined) limits.memory_mb = Math.max(limits.memory_mb, least.memory_mb);
  if (limits.cpus !== undefined) limits.cpus = Math.max(limits.cpus, least.cpus);
  return limits;
}

/** Header that tells a caller which limits were cut, and to what: `disk_mb=4096, timeout=600`. */
export const CUT_HEADER = 'X-Limits-Cut';

/** Describes the limits that are above the operator's ceilings; undefined when there are none. */
export function describeCuts(asked: RequestedLimits, ceilings: Limits): string | undefined {
  const cut = limitNames.filter((name) => (asked[name] ?? 0) > ceilings[name]);
  return cut.length === 0 ? undefined : cut.map((name) => `${name}=${ceilings[name]}`).join(', ');
}
