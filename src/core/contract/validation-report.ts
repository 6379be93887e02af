import { z } from 'zod';
import { errorCategories, type ErrorCategory } from './error-category.ts';
import { locationSchema } from './location.ts';

export const parameterSchema = z.object({
  name: z.string(),
  kind: z.enum(['positional_only', 'positional_or_keyword', 'var_positional', 'keyword_only', 'var_keyword']),
  required: z.boolean(),
});

export const entryPointSchema = z.object({
  name: z.string(),
  status: z
    .enum(['defined', 'missing', 'unknown'])
    .meta({ description: '`unknown` where only a run can tell.' }),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  signature: z.string().optional().meta({ description: 'As the script has it: `main(a, b=1, *, c)`.' }),
  parameters: z.array(parameterSchema).optional(),
  async: z.boolean().optional(),
  certain: z.boolean().optional().meta({
    description:
      'Whether the arguments were tried against the signature. Not where the function is decorated, or its name bound again: it may take others.',
  }),
});

export const importSchema = z.object({
  module: z.string(),
  line: z.number().int().meta({ description: 'Of its first import.' }),
  available: z.boolean().nullable().meta({
    description: 'Null where only a run can tell: a module that a package may bring when it is imported.',
  }),
  required: z.boolean().meta({
    description:
      'False where the script does without it: every import is conditional, or its ImportError caught.',
  }),
  source: z
    .enum(['standard_library', 'package', 'file'])
    .optional()
    .meta({ description: 'Where it comes from; `file` is the working directory.' }),
  package: z.string().optional().meta({ description: 'The installed package that brings it.' }),
  version: z.string().optional(),
});

export const findingSchema = z.object({
  severity: z
    .enum(['error', 'warning'])
    .meta({ description: 'A run fails with an `error`; with a `warning` it may.' }),
  error: z.enum(Object.keys(errorCategories) as [ErrorCategory, ...ErrorCategory[]]),
  error_type: z.string().optional(),
  message: z.string(),
  location: locationSchema.optional(),
  suggestions: z.array(z.string()),
});

/** Findings of `validate_only`. Their absence does not guarantee that a run succeeds. */
export const validationSchema = z.object({
  entry_point: entryPointSchema.nullable().meta({ description: 'Null in mode `script`, which has none.' }),
  imports: z.array(importSchema),
  findings: z
    .array(findingSchema)
    .meta({ description: 'In the order in which a run would meet them; the first error is the answer.' }),
  complete: z
    .boolean()
    .meta({ description: 'False where part of the script was not looked at, or a list was cut.' }),
});

export type Validation = z.infer<typeof validationSchema>;
export type Finding = z.infer<typeof findingSchema>;
