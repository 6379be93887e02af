import { z } from 'zod';
import { limitsSchema } from './limits.ts';

/** Runtimes of scripts. The operator chooses those that a service offers, and the host decides which it has. */
export const runtimeNames = ['python', 'node', 'deno', 'bun', 'go', 'rust'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

/** All runtimes but Python: they run a whole file as a program. */
export type ProgramRuntime = Exclude<RuntimeName, 'python'>;

/**
 * Runtimes whose scripts can have packages. Node, Deno and Bun look for theirs in the same place, so packages built
 * for one serve all three.
 */
export const packageRuntimes = ['python', 'node', 'deno', 'bun'] as const;
export type PackageRuntime = (typeof packageRuntimes)[number];
/** Runtimes whose packages come from npm's registry. */
export type NpmRuntime = Exclude<PackageRuntime, 'python'>;

export const hasPackageEnvironments = (runtime: RuntimeName): runtime is PackageRuntime =>
  packageRuntimes.some((name) => name === runtime);

/** Whether scripts of one runtime can use packages that were installed for another. */
export const sharesPackages = (one: PackageRuntime, other: PackageRuntime): boolean =>
  (one === 'python') === (other === 'python');

export const isRuntimeName = (value: unknown): value is RuntimeName =>
  runtimeNames.some((name) => name === value);

/** Limits of the compilation; the request's own limits apply to the program. */
export const compileLimitsSchema = limitsSchema.pick({
  timeout: true,
  memory_mb: true,
  processes: true,
  disk_mb: true,
});

/** Readiness of a runtime. */
export const readinessStates = ['ready', 'preparing', 'waiting', 'failed', 'missing'] as const;
export type Readiness = (typeof readinessStates)[number];

export const readinessSchema = z.enum(readinessStates).meta({
  description:
    '`ready`: scripts start at once. `preparing`: its jails are being made and attacked. `waiting`: they will be, in the background or for the first script. `failed`: the last attempt failed, and the next script has it tried again. `missing`: the host does not have it.',
});

export const runtimeReportSchema = z.object({
  name: z.enum(runtimeNames),
  available: z.boolean().meta({ description: 'Whether scripts of this runtime can run here.' }),
  readiness: readinessSchema,
  version: z.string().optional(),
  reason: z.string().optional().meta({ description: 'Why it is not available.' }),
  remedy: z.string().optional().meta({ description: 'What the operator can do about it.' }),
  file_names: z
    .array(z.string())
    .meta({ description: 'The file in the working directory that the script becomes.' }),
  extensions: z.array(z.string()).meta({ description: 'Endings of files that are taken for this runtime.' }),
  modes: z.array(z.enum(['function', 'script'])).meta({ description: 'The first one is the default.' }),
  command: z.string().meta({ description: 'What runs the script inside the jail, in short.' }),
  compile: z
    .object({ command: z.string(), limits: compileLimitsSchema })
    .optional()
    .meta({ description: 'The step before the run, with limits of its own.' }),
  environments: z
    .array(z.string())
    .meta({ description: 'The package environments that its scripts can run in; Go and Rust have none.' }),
});
export type RuntimeReport = z.infer<typeof runtimeReportSchema>;

/** Answer of `GET /runtimes`. */
export const runtimesSchema = z.object({
  runtimes: z.array(runtimeReportSchema),
  limits: z.object({
    defaults: limitsSchema.meta({ description: 'What holds where a request says nothing.' }),
    ceilings: limitsSchema.meta({ description: 'The most that a request may ask for.' }),
  }),
});

/**
 * Runtimes of scripts, and the limits in force.
 * @example
 * const { runtimes, limits }: Runtimes = await brig.runtimes();
 */
export type Runtimes = z.infer<typeof runtimesSchema>;
