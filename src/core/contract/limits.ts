import { z } from 'zod';

/** Bytes of a MiB, the unit of memory and disk. */
export const MIB: number = 1024 * 1024;

/**
 * Limits that a request may set, in the units of the wire: seconds, MiB, cores, bytes. `processes` includes threads,
 * as in the kernel's pids controller.
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
  open_files: z
    .number()
    .int()
    .min(64)
    .meta({ description: 'Open files, sockets and pipes of each process at once.' }),
});

/**
 * Limits of an execution: seconds, MiB, cores, counts and bytes.
 * @example
 * const limits: Partial<Limits> = { timeout: 2, memory_mb: 64 };
 */
export type Limits = z.infer<typeof limitsSchema>;
export type LimitName = keyof Limits;

/** Limits in a request, each optional. */
export const requestedLimitsSchema = limitsSchema.partial();
export type RequestedLimits = z.infer<typeof requestedLimitsSchema>;

/** The operator's defaults, and the ceilings of requests. */
export interface LimitPolicy {
  readonly defaults: Limits;
  readonly ceilings: Limits;
}

export const limitNames = Object.keys(limitsSchema.shape) as readonly LimitName[];

export const isLimitName = (name: string): name is LimitName => limitNames.some((one) => one === name);

/** Narrows the policy to a caller's own ceilings; cuts defaults too. */
export function narrowPolicy(policy: LimitPolicy, ceilings: RequestedLimits | undefined): LimitPolicy {
  if (ceilings === undefined) return policy;
  const cut = (limits: Limits): Limits => {
    const own = { ...limits };
    for (const name of limitNames) own[name] = Math.min(limits[name], ceilings[name] ?? Infinity);
    return own;
  };
  return { defaults: cut(policy.defaults), ceilings: cut(policy.ceilings) };
}

/** Limits that a compiler and a caller's ceilings share; files and processes are bounded through memory and time. */
const compilerBounds = ['timeout', 'cpu_time', 'memory_mb', 'cpus'] as const;

/** Narrows the limits of a compiler to a caller's own ceilings. */
export function narrowCompileLimits(
  limits: Limits,
  ceilings: RequestedLimits = {},
  compileCeilings: RequestedLimits = {},
): Limits {
  const own = { ...limits };
  const bounds = { ...ceilings, ...compileCeilings };
  // A caller who may compile for longer than run may use that CPU time too.
  if (compileCeilings.timeout !== undefined) delete bounds.cpu_time;
  for (const name of compilerBounds) own[name] = Math.min(limits[name], bounds[name] ?? Infinity);
  return own;
}

/** A requested limit above the operator's ceiling. */
export interface LimitExcess {
  readonly name: LimitName;
  readonly asked: number;
  readonly ceiling: number;
}

/**
 * Completes the requested limits with the operator's defaults.
 *
 * A default never exceeds what the request itself bounds: with `timeout: 2` at most two seconds of CPU time per core
 * can be used, so `cpu_time` follows it. Nothing is clamped silently: limits above a ceiling are returned.
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

/** A stream this many times over its cap stops the execution (`output_limit`). */
export const FLOOD_FACTOR = 16;
/**
 * Bytes below which no stream stops an execution, however small its cap: an `output_bytes` of 0 must not end a
 * script.
 */
const FLOOD_FLOOR = 16 * 1024 * 1024;

/** Returns the bytes of one stream above which the execution is stopped. */
export function floodThreshold(outputBytes: number): number {
  return Math.max(outputBytes * FLOOD_FACTOR, FLOOD_FLOOR);
}
