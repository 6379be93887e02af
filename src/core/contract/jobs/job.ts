import { z } from 'zod';
import { failureSchema, refusalSchema, successSchema } from '../outcome.ts';
import { deliverySchema } from './webhook.ts';
import { finalStates, jobStates } from './job-state.ts';

const time = (description: string) => z.iso.datetime().meta({ description });

/** A job as its owner sees it, without its outcome. */
export const jobSummarySchema = z.object({
  id: z.string().meta({ description: "The job's id; the execution's too, unless the request has one." }),
  state: z.enum(jobStates).meta({
    description: `Where it is. ${finalStates.map((state) => `\`${state}\``).join(', ')} are final and never change.`,
  }),
  durable: z.boolean().meta({
    description: 'Whether the job outlives a restart of the service; false where jobs are kept in memory.',
  }),
  priority: z.int(),
  attempts: z.int().meta({ description: 'How many times it was handed to a worker.' }),
  created_at: time('When it was taken.'),
  due_at: time('When it may start.'),
  expires_at: time('When it expires, unless it has started.'),
  started_at: time('When it was last handed to a worker.').optional(),
  ended_at: time('When it became final.').optional(),
  kept_until: time('When it is forgotten; earlier where memory is short.').optional(),
  webhook: deliverySchema.optional().meta({ description: 'What became of its webhook, where it has one.' }),
});
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** A job with its outcome. */
export const jobSchema = jobSummarySchema.extend({
  outcome: z.union([successSchema, failureSchema, refusalSchema]).optional().meta({
    description:
      'With a final state: the body of an answer of `POST /execute`, or that of a refusal, which also says that the job was cancelled, has expired or was lost.',
  }),
});

export const jobListSchema = z.object({
  jobs: z.array(jobSummarySchema).meta({ description: "The caller's own jobs, the newest first." }),
});

/** Events of a job: the data of each, by name. */
export const jobEventSchemas = {
  state: z.object({ state: z.enum(jobStates), attempts: z.int() }).meta({
    description: 'The state changed.',
  }),
  stdout: z.object({ text: z.string() }).meta({ description: 'Standard output, as it comes.' }),
  stderr: z.object({ text: z.string() }).meta({ description: 'Standard error, as it comes.' }),
  skipped: z.object({ events: z.int() }).meta({
    description: 'So many events are no longer kept; the outcome has all output.',
  }),
  done: jobSchema.meta({ description: 'The job is final: as `GET /jobs/{id}` answers. The last event.' }),
} as const;
