import { z } from 'zod';
import { executeRequestSchema, type ExecuteRequest } from '../request.ts';

/** Matches a character other than blanks and line ends. */
export const notBlank = /[^ \t\r\n]/;

/** Body of `POST /generate-and-execute`: a query instead of a script, and the other fields of an execution. */
export const generateRequestSchema = z.strictObject({
  query: z
    .string()
    .regex(notBlank, 'query is empty')
    .meta({ description: 'What the script is to do, in words. It goes to the model, with the limits.' }),
  repair: z.number().int().min(0).default(0).meta({
    description: 'How many more times the model may be asked where the script fails, with the failure.',
  }),
  ...executeRequestSchema.pick({
    stdin: true,
    files: true,
    return_files: true,
    env: true,
    limits: true,
    policy: true,
    environment: true,
    execution_id: true,
  }).shape,
});

/** A request for a script: that of its execution without the script, and the query. */
export type GenerateRequest = ExecuteRequest & { readonly query: string; readonly repair: number };
