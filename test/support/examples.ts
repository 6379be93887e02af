import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/paths.ts';

const examplesSchema = z.array(
  z.strictObject({
    file: z.string(),
    about: z.string(),
    /** All of the request but its script. */
    request: z.record(z.string(), z.unknown()),
    /** Part of the answer. */
    expect: z.looseObject({ success: z.boolean() }),
    /** Text of one of the suggestions; only of failing examples. */
    suggests: z.string().optional(),
  }),
);

export type Example = z.infer<typeof examplesSchema>[number];

/** The examples of examples/, each with its request and what comes of it. */
export const examples: readonly Example[] = examplesSchema.parse(
  JSON.parse(readFileSync(join(packageRoot, 'examples/examples.json'), 'utf8')),
);

export function readExample(file: string): string {
  return readFileSync(join(packageRoot, 'examples', file), 'utf8');
}
