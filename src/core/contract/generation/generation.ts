import { z } from 'zod';
import { errorCategories, type ErrorCategory } from '../error-category.ts';

/** A model's opinion of a script. */
export const reviewSchema = z.object({
  is_safe: z
    .boolean()
    .meta({ description: 'Only where the model said `true`; a script of which it did not is not run.' }),
  explanation: z.string().meta({ description: "The model's own words." }),
});
export type Review = z.infer<typeof reviewSchema>;

/** Longest explanation passed on, in UTF-16 units. */
export const MOST_EXPLANATION = 4000;

/** One call of the model, and its result. */
export const attemptSchema = z.object({
  script: z
    .string()
    .nullable()
    .meta({ description: 'What the model wrote; null where it wrote none, or gave no usable answer.' }),
  explanation: z.string(),
  error: z
    .enum(Object.keys(errorCategories) as [ErrorCategory, ...ErrorCategory[]])
    .nullable()
    .meta({ description: 'How the script failed, or the call; null where it succeeded.' }),
  message: z.string().nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Fields of an answer besides the outcome, when a model wrote the script. */
export const generationSchema = z.object({
  query: z.string().meta({ description: "The request's own." }),
  script: z
    .string()
    .nullable()
    .meta({ description: 'The script that the outcome is of; null where the model refused to write one.' }),
  explanation: z.string().meta({ description: 'What the model says of it.' }),
  attempts: z
    .array(attemptSchema)
    .meta({ description: 'Every call of the model, in order; more than one with `repair` only.' }),
});
export type Generation = z.infer<typeof generationSchema>;

const attemptNumber = z.number().int().meta({ description: 'From 1.' });

/** Events of a streamed generation besides those of its executions. */
export const generationEventSchemas = {
  script: z
    .object({
      attempt: attemptNumber,
      ...generationSchema.pick({ script: true, explanation: true }).shape,
      is_safe: reviewSchema.shape.is_safe,
    })
    .meta({ description: 'The model has written a script; it runs next, if it is called safe.' }),
  attempt: attemptSchema
    .extend({ attempt: attemptNumber })
    .meta({ description: 'The script failed, and the model is asked to repair it.' }),
} as const;

export type GenerationEvent = {
  [Name in keyof typeof generationEventSchemas]: {
    readonly event: Name;
    readonly data: z.infer<(typeof generationEventSchemas)[Name]>;
  };
}[keyof typeof generationEventSchemas];
