import { z } from 'zod';
import { failureSchema, refusalSchema, successSchema } from './outcome.ts';

const outputSchema = z.object({
  text: z.string().meta({
    description:
      'What the script wrote since the last event of this stream: whole characters, U+FFFD for bytes that are no UTF-8. Never empty.',
  }),
});

/** What a streamed execution says while it runs: the data of each event, by the event's name. The last is `done` or `error`. */
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

/** What is known before the script has ended. */
export type ProgressEvent =
  | { readonly event: 'start'; readonly data: Data<'start'> }
  | { readonly event: 'stdout' | 'stderr'; readonly data: Data<'stdout'> };

/** One event of an execution that comes to an end of its own; `O` is how its outcome is held. */
export type ExecutionEvent<O> = ProgressEvent | { readonly event: 'done'; readonly data: O };
