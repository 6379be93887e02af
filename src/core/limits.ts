import { z } from 'zod';

/**
 * What a request may bound, in the units of the wire: seconds, MiB, cores, bytes.
 * `processes` counts threads too, as the kernel's pids controller does.
 */
export const limitsSchema = z.strictObject({
  timeout: z
    .number()
    .positive()
    .meta({ description: 'Wall clock from the start of the script, in seconds.' }),
  cpu_time: z.number().positive().meta({ description: 'CPU time of all processes together, in seconds.' }),
  memory_mb: z
    .number()
    .int()
    .min(16)
    .meta({ description: 'Memory of all processes and of the files in the jail together, in MiB; no swap.' }),
  cpus: z.number().min(0.05).meta({ description: 'CPU bandwidth, in cores.' }),
  processes: z.number().int().min(1).meta({ description: 'Processes and threads at once.' }),
  output_bytes: z.number().int().min(0).meta({
    description: 'Bytes kept of stdout and of stderr, each; what lies between head and tail is cut.',
  }),
  disk_mb: z
    .number()
    .int()
    .min(1)
    .meta({ description: 'Size of the working directory and of /tmp, each, in MiB.' }),
});

/**
 * What bounds an execution: seconds, MiB, cores, counts and bytes.
 * @example
 * const limits: Partial<Limits> = { timeout: 2, memory_mb: 64 };
 */
export type Limits = z.infer<typeof limitsSchema>;
export type LimitName = keyof Limits;

/** What a request may say: any of the limits, each optional. */
export const requestedLimitsSchema = limitsSchema.partial();
export type RequestedLimits = z.infer<typeof requestedLimitsSchema>;

/** The operator's side: what holds when a request says nothing, and the most it may ask for. */
export interface LimitPolicy {
  readonly defaults: Limits;
  readonly ceilings: Limits;
}

export const limitNames = Object.keys(limitsSchema.shape) as readonly LimitName[];

/** The policy as it holds for a caller with ceilings of their own: nothing goes above those, defaults neither. */
export function narrowPolicy(policy: LimitPolicy, ceilings: RequestedLimits | undefined): LimitPolicy {
  if (ceilings === undefined) return policy;
  const cut = (limits: Limits): Limits => {
    const own = { ...limits };
    for (const name of limitNames) own[name] = Math.min(limits[name], ceilings[name] ?? Infinity);
    return own;
  };
  return { defaults: cut(policy.defaults), ceilings: cut(policy.ceilings) };
}

/** What a compiler may use for a caller: files and processes cost memory and time, and those are bounded. */
const compilerBounds = ['timeout', 'cpu_time', 'memory_mb', 'cpus'] as const;

/** The limits of a compiler as they hold for a caller with ceilings of their own. */
export function narrowCompileLimits(
  limits: Limits,
  ceilings: RequestedLimits = {},
  compileCeilings: RequestedLimits = {},
): Limits {
  const own = { ...limits };
  const bounds = { ...ceilings, ...compileCeilings };
  // Who may compile for longer than run may use the time for it.
  if (compileCeilings.timeout !== undefined) delete bounds.cpu_time;
  for (const name of compilerBounds) own[name] = Math.min(limits[name], bounds[name] ?? Infinity);
  return own;
}

/** A limit that was asked for above the operator's ceiling. */
export interface LimitExcess {
  readonly name: LimitName;
  readonly asked: number;
  readonly ceiling: number;
}

/**
 * Completes what a request asked for with the operator's defaults.
 *
 * A default never exceeds what the request itself bounds: with `timeout: 2` the CPU time that can be used is
 * two seconds a core, so `cpu_time` follows it. Nothing is clamped silently: what is over its ceiling is returned.
 */
export function resolveLimits(
  requested: RequestedLimits,
  policy: LimitPolicy,
): { limits: Limits } | { excess: LimitExcess[] } {
  const excess: LimitExcess[] = [];
  const limits: Limits = { ...policy.defaults };
  for (const name of limitNames) {
    const asked = requested[name];
    if (asked === undefined) continue;
    if (asked > policy.ceilings[name]) excess.push({ name, asked, ceiling: policy.ceilings[name] });
    limits[name] = asked;
  }
  if (excess.length > 0) return { excess };
  if (requested.cpu_time === undefined) {
    limits.cpu_time = Math.min(
      policy.ceilings.cpu_time,
      Math.max(policy.defaults.cpu_time, limits.timeout * limits.cpus),
    );
  }
  return { limits };
}

/** A stream this many times over its cap is a flood: the execution is stopped (`output_limit`). */
export const FLOOD_FACTOR = 16;
/** Below this many bytes no stream is a flood, however small its cap: a quiet `output_bytes` of 0 must not end a script. */
const FLOOD_FLOOR = 16 * 1024 * 1024;

/** Bytes of one stream after which the execution is stopped. */
export function floodThreshold(outputBytes: number): number {
  return Math.max(outputBytes * FLOOD_FACTOR, FLOOD_FLOOR);
}
