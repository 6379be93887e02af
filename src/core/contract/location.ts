import { z } from 'zod';

/** A place in the script, from 1. */
export const locationSchema = z.object({
  line: z.number().int(),
  column: z.number().int().optional(),
  file: z.string().optional().meta({ description: 'Where the script is a file: not in Python.' }),
});
export type Location = z.infer<typeof locationSchema>;
