import { z } from 'zod';
import { isolationSchema } from '../isolation.ts';
import { limitsSchema } from '../limits.ts';
import { failureSchema, successSchema } from '../outcome.ts';
import { displayCaps, displaySchema, type Display } from './display.ts';
import { lossReasons, sessionStates, type LossReason } from './session-state.ts';

const time = (description: string) => z.iso.datetime().meta({ description });

/** Facts that every answer of a session carries. */
const positionShape = {
  id: z.string(),
  state: z.enum(sessionStates).meta({
    description: 'Where it is now. `lost` and `closed` are final; a `frozen` one goes on at its next call.',
  }),
  generation: z.int().meta({ description: 'Which interpreter it is: names of another generation are gone.' }),
  execution_count: z.int().meta({ description: 'Executions so far, this one included.' }),
  expires_at: time('When it ends, unless it is used; never after its lifetime.'),
};

export const sessionPositionSchema = z.object({
  ...positionShape,
  lost: z
    .enum(Object.keys(lossReasons) as [LossReason, ...LossReason[]])
    .optional()
    .meta({ description: 'With a final state: why it ended.' }),
});
export type SessionPosition = z.infer<typeof sessionPositionSchema>;

/** A session as its owner sees it. */
export const sessionSchema = sessionPositionSchema.extend({
  created_at: time('When it was opened.'),
  ends_at: time('When its lifetime is over.'),
  idle_timeout: z.number().meta({ description: 'Seconds without a call after which it ends.' }),
  environment: z.string().meta({ description: 'The packages that its scripts can import.' }),
  isolation: isolationSchema,
  limits: limitsSchema.meta({ description: 'What holds, after defaults and ceilings.' }),
});
export type Session = z.infer<typeof sessionSchema>;

export const sessionListSchema = z.object({
  sessions: z
    .array(sessionSchema)
    .meta({ description: "The caller's own that are there, the newest first." }),
});

/** Fields of an answer besides the outcome, for an execution in a session. */
const cellShape = {
  results: z.array(displaySchema).meta({
    description: `The value of a cell's last expression, what it displayed, and its figures, in order; at most ${displayCaps.count}.`,
  }),
  results_truncated: z.literal(true).optional().meta({ description: 'There were more results.' }),
  session: sessionPositionSchema.meta({ description: 'The session after this execution.' }),
};

/** Body of an answer of `POST /sessions/{id}/execute`. */
export const cellOutcomeSchema = z.union([failureSchema.extend(cellShape), successSchema.extend(cellShape)]);

/** The same, as members of an outcome. */
export interface CellReport {
  readonly results: readonly Display[];
  readonly isTruncated: boolean;
  readonly session: SessionPosition;
}

export const sessionFileListSchema = z.object({
  files: z.array(
    z.object({
      path: z.string().meta({ description: 'Relative to the working directory.' }),
      size: z.int().meta({ description: 'In bytes.' }),
      modified_at: time('When it was last written to, by the clock of the jail.'),
    }),
  ),
  complete: z.boolean().meta({ description: 'False where there are more than a thousand.' }),
});
export type SessionFileList = z.infer<typeof sessionFileListSchema>;

/** Listing as the jail sends it: a claim of its own. */
export const jailListingSchema = z.object({
  files: z
    .array(
      z.object({ path: z.string().max(4096), size: z.int().min(0), modified: z.number().min(0).max(8e9) }),
    )
    .max(1000),
  complete: z.boolean(),
});

/** Report of a session on a source that is being typed: a claim of its own. */
export const sourceReportSchema = z.object({
  complete: z.boolean(),
  matches: z.array(z.string().max(1000)).max(200),
});
export type SourceReport = z.infer<typeof sourceReportSchema>;

/** Event of a streamed cell besides those of an execution. */
export interface ResultEvent {
  readonly event: 'result';
  readonly data: Display;
}
