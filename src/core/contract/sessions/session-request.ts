import { z } from 'zod';
import { limitsSchema, type RequestedLimits } from '../limits.ts';
import { executeRequestSchema, type ExecuteRequest } from '../request.ts';

/** Bounds of a session's own times, in seconds. */
export interface SessionPolicy {
  readonly idleTimeout: { readonly default: number; readonly most: number };
  readonly lifetime: { readonly default: number; readonly most: number };
}

/** Fields of a session besides those of the jail. */
export const sessionTimesSchema = z.strictObject({
  idle_timeout: z.number().min(1).optional().meta({
    description: "Seconds without a call after which it ends; the operator's default where it is left out.",
  }),
  lifetime: z.number().min(1).optional().meta({
    description:
      "Seconds after which it ends, whatever it does; the operator's default where it is left out.",
  }),
});

const { shape } = executeRequestSchema;

/** Body of `POST /sessions`. */
export const sessionRequestSchema = executeRequestSchema
  .pick({
    environment: true,
    limits: true,
    files: true,
    env: true,
    network: true,
    isolation: true,
    wait: true,
  })
  .extend({
    ...sessionTimesSchema.shape,
    limits: shape.limits.meta({
      description:
        'Memory, processes, cores, disk and open files bound the whole session; timeout, CPU time and output are the defaults of each execution in it.',
    }),
    env: shape.env.meta({ description: 'Environment variables of the whole session.' }),
  });

/** Limits that an execution in a session can have of its own. */
export const cellLimitNames = ['timeout', 'cpu_time', 'output_bytes'] as const;

export const cellModes = ['cell', 'function', 'script'] as const;
export type CellMode = (typeof cellModes)[number];

/** Body of `POST /sessions/{id}/execute`. */
export const cellRequestSchema = executeRequestSchema
  .pick({ script: true, mode: true, function: true, args: true, kwargs: true, stdin: true, files: true })
  .extend({
    ...{ return_files: shape.return_files, env: shape.env, policy: shape.policy },
    execution_id: shape.execution_id,
    mode: z.enum(cellModes).default('cell').meta({
      description:
        'As a cell of a notebook (`cell`), as a program (`script`), or for the value of a function (`function`); all in the one namespace of the session.',
    }),
    limits: limitsSchema
      .pick({ timeout: true, cpu_time: true, output_bytes: true })
      .partial()
      .default({})
      .meta({ description: "Limits of this execution; what is left out is the session's." }),
  });

export const sessionFieldNames: readonly string[] = Object.keys(sessionRequestSchema.shape);
export const cellFieldNames: readonly string[] = Object.keys(cellRequestSchema.shape);

/** A checked request for a session. */
export interface SessionRequest {
  /** Its script is empty. */
  readonly request: ExecuteRequest;
  readonly idleTimeout: number;
  readonly lifetime: number;
}

/** A checked request for an execution in a session. */
export interface CellRequest {
  /** Its mode is `script` for a cell. */
  readonly request: ExecuteRequest;
  readonly mode: CellMode;
  readonly limits: RequestedLimits;
}
