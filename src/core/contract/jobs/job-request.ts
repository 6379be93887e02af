import { z } from 'zod';
import { webhookSchema } from './webhook.ts';
import { executeRequestSchema, type ExecuteRequest } from '../request.ts';

const DAY = 24 * 60 * 60;

/** Bounds of a job's own fields. */
export const jobCaps = {
  delaySeconds: DAY,
  waitingSeconds: 7 * DAY,
  retentionSeconds: DAY,
  priority: 9,
  /** Jobs of one batch. */
  batch: 100,
  /** Jobs of one list: by default, and at most. */
  list: { default: 100, most: 500 },
} as const;

/** Fields of a job besides those of its execution. */
export const jobFieldsSchema = z.strictObject({
  delay: z.number().min(0).max(jobCaps.delaySeconds).default(0).meta({
    description: 'Seconds until the job may start.',
  }),
  priority: z.number().int().min(0).max(jobCaps.priority).default(0).meta({
    description:
      "Which of the caller's own jobs starts first: the highest. Callers take turns whatever it is.",
  }),
  expires_in: z.number().positive().max(jobCaps.waitingSeconds).default(DAY).meta({
    description: 'Seconds that the job may wait for its start, the delay included; later it is `expired`.',
  }),
  retention: z.number().min(0).max(jobCaps.retentionSeconds).default(3600).meta({
    description: 'Seconds that the job is kept after its end.',
  }),
  at_most_once: z.boolean().default(false).meta({
    description:
      'Never start the script a second time, even where nobody knows whether it ran. Otherwise a job whose host went away starts once more.',
  }),
  webhook: webhookSchema.optional().meta({
    description: 'Sends the job to its owner once it is final, signed.',
  }),
});
export type JobFields = z.output<typeof jobFieldsSchema>;

/** Body of `POST /jobs`: that of `POST /execute`, and the fields of a job. */
export const jobRequestSchema = executeRequestSchema.extend(jobFieldsSchema.shape);

/** Body of `POST /jobs/batch`. */
export const batchRequestSchema = z.strictObject({
  jobs: z.array(jobRequestSchema).min(1).max(jobCaps.batch).meta({
    description: 'The jobs, each as the body of `POST /jobs`. All are taken, or none.',
  }),
});

/** A checked request for a job. */
export interface JobRequest {
  readonly request: ExecuteRequest;
  readonly fields: JobFields;
}
