import { z } from 'zod';
import { isolationSchema } from './isolation.ts';
import { readinessSchema, runtimeNames } from './runtimes.ts';

/** Layers of isolation that are attacked at start, each in a real jail. */
export const layers = [
  'filesystem',
  'network',
  'processes',
  'memory',
  'cpu',
  'syscalls',
  'identity',
  'deadline',
  'disk',
] as const;
export type Layer = (typeof layers)[number];

/**
 * Layers that an operator may declare optional: without a cgroup they fall back to rlimits, which bound each process
 * alone.
 */
export const optionalLayers = ['memory', 'processes', 'cpu'] as const satisfies readonly Layer[];
export type OptionalLayer = (typeof optionalLayers)[number];

export const layerReportSchema = z.object({
  active: z.boolean().meta({ description: 'Whether the attacks on this layer failed.' }),
  required: z.boolean(),
  how: z
    .string()
    .meta({ description: 'What enforces it here: `cgroup-v2`, `namespace`, `seccomp`, `rlimit`, …' }),
  tried: z.string().meta({ description: 'The attacks that were made, in words.' }),
  reason: z
    .string()
    .optional()
    .meta({ description: 'What an attack got through, or why none could be made.' }),
  remedy: z.string().optional().meta({ description: 'What the operator can do about it.' }),
});
export type LayerReport = z.infer<typeof layerReportSchema>;

export const healthSchema = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  service: z.literal('Python Script Executor'),
  version: z.string(),
  reason: z.string().optional(),
  warnings: z.array(z.string()).optional().meta({
    description:
      "What an operator should know: holes of the host's kernel that no layer closes, by its release; runtimes that are refused, or can end the service, because jails have its own id; denials that no policy applies by itself. Absent where there is nothing.",
  }),
  isolation: isolationSchema.meta({
    description: 'How jails of Python are made, where a request or a key asks for nothing else.',
  }),
  sandbox: z.partialRecord(z.enum(layers), layerReportSchema),
  runtimes: z
    .partialRecord(z.enum(runtimeNames), readinessSchema)
    .meta({ description: 'How far each offered runtime is; `GET /runtimes` says more.' }),
  pool: z.object({
    running: z.int(),
    waiting: z.int(),
    capacity: z.int().meta({ description: 'Executions at once.' }),
    waiting_room: z.int().meta({ description: 'Requests that may wait.' }),
    warm: z.int().meta({ description: 'Jails whose interpreter waits for a script.' }),
    building: z.int().meta({ description: 'Jails that are being started.' }),
    built: z.int().meta({ description: 'Jails started since the service was.' }),
    discarded: z
      .int()
      .meta({ description: 'Jails that were ended without a script: too old, too many, or dead.' }),
    cold_starts: z.int().meta({ description: 'Executions that had to wait for their jail to be started.' }),
  }),
});

/**
 * Whether scripts can run, and the result of an attack on each layer of isolation.
 * @example
 * const { status, reason }: Health = brig.health();
 */
export type Health = z.infer<typeof healthSchema>;
