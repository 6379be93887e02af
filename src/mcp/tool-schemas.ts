import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { environmentNameSchema } from '../core/contract/environment.ts';
import { toPlainPattern } from '../core/contract/plain-pattern.ts';
import { executeRequestSchema } from '../core/contract/request.ts';
import { runtimeNames } from '../core/contract/runtimes.ts';

/* Inputs of the tools. Each field is that of `POST /execute`, where it is described and checked. */

const common = {
  stdin: true,
  files: true,
  return_files: true,
  env: true,
  environment: true,
  wait: true,
  limits: true,
  network: true,
} as const;

export const runPythonSchema = executeRequestSchema.pick({
  script: true,
  mode: true,
  function: true,
  args: true,
  kwargs: true,
  ...common,
});

export const runCodeSchema = executeRequestSchema.pick({ script: true, args: true, ...common }).extend({
  runtime: z.enum(runtimeNames).meta({ description: 'What runs the script.' }),
});

export const checkScriptSchema = executeRequestSchema.pick({
  script: true,
  mode: true,
  function: true,
  args: true,
  kwargs: true,
  environment: true,
  policy: true,
});

export const listEnvironmentsSchema = z.strictObject({
  name: environmentNameSchema.optional().meta({ description: 'Only this environment.' }),
  import: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'A module, such as `sklearn`: which environments can import it.' }),
});

/** Cached per schema: each takes milliseconds, and every request has a server of its own. */
const documents = new WeakMap<z.ZodType, Record<string, unknown>>();

/** Adapts a schema to the regular expressions of other languages. */
function adapt(jsonSchema: { pattern?: string | undefined }): void {
  if (jsonSchema.pattern !== undefined) jsonSchema.pattern = toPlainPattern(jsonSchema.pattern);
}

/**
 * Describes a tool's input to clients without validating it: the pipeline's own check explains mistakes better than a
 * schema can, with the nearest field name for example.
 */
export function describeOnly(schema: z.ZodType): StandardSchemaWithJSON<unknown, unknown> {
  const json = (): Record<string, unknown> => {
    const made =
      documents.get(schema) ??
      z.toJSONSchema(schema, { io: 'input', override: ({ jsonSchema }) => adapt(jsonSchema) });
    documents.set(schema, made);
    return made;
  };
  return {
    '~standard': {
      version: 1,
      vendor: 'brig',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}
