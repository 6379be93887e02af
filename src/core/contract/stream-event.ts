import { z } from 'zod';
import { failureSchema, refusalSchema, successSchema } from './outcome.ts';

const outputSchema = z.object({
  text: z.string().meta({
    description:
      'What the script wrote since the last event of this stream: whole characters, U+FFFD for bytes that are no UTF-8. Never empty.',
  }),
});

/** Events of a streamed execution: the data of each, by name. The last is `done` or `error`. */
export const streamEventSchemas = {
  start: z.object({ id: z.string().meta({ description: "The execution's id, as in `done`." }) }).meta({
    description: 'The script starts. Left out where none is started (`missing_main`, `validate_only`).',
  }),
  stdout: outputSchema.meta({ description: 'Standard output, as it comes.' }),
  stderr: outputSchema.meta({ description: 'Standard error, as it comes.' }),
  done: z
    .discriminatedUnion('success', [successSchema, failureSchema])
    .meta({ description: 'What became of it: the body of an answer that is not streamed.' }),
  error: refusalSchema.meta({
    description: 'The service failed, or was shut down, after the script had started: the body of a refusal.',
  }),
} as const;

type Data<Name extends keyof typeof streamEventSchemas> = z.infer<(typeof streamEventSchemas)[Name]>;

/** Events before the script has ended. */
export type ProgressEvent =
  | { readonly event: 'start'; readonly data: Data<'start'> }
  | { readonly event: 'stdout' | 'stderr'; readonly data: Data<'stdout'> };

/** One event of an execution that was not refused; `O` is the type of its outcome. */
export type ExecutionEvent<O> = ProgressEvent | { readonly event: 'done'; readonly data: O };
