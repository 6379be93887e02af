import { z } from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { batchRequestSchema, jobCaps, jobRequestSchema } from '../../core/contract/jobs/job-request.ts';
import { jobStates } from '../../core/contract/jobs/job-state.ts';
import { jobEventSchemas, jobListSchema, jobSchema } from '../../core/contract/jobs/job.ts';
import { requestCaps } from '../../core/contract/request.ts';
import { describeRefusals } from './answers.ts';
import { describeEventStream } from './describe-events.ts';
import { answerHeaders, executeHeaders, traceHeaders } from './headers.ts';

const answer = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  headers: answerHeaders,
  content: { 'application/json': { schema } },
});

const submitHeaders = executeHeaders.extend({
  'Idempotency-Key': executeHeaders.shape['Idempotency-Key'].meta({
    description:
      'The same key and body give the same job for as long as it is kept; another body with it is `invalid_input`.',
  }),
});
const path = z.object({ id: z.string() });
const tags = ['jobs'];

const listQuery = z.object({
  state: z.enum(jobStates).optional(),
  limit: z.int().min(1).max(jobCaps.list.most).default(jobCaps.list.default).meta({
    description: 'Number of jobs at most.',
  }),
  before: z.string().optional().meta({
    description: 'Id of the last job of a list: those before it come next. An empty list is the end.',
  }),
});

/** Routes of jobs. */
export const jobPaths: ZodOpenApiPathsObject = {
  '/jobs': {
    post: {
      operationId: 'submitJob',
      tags,
      summary: 'Run one script, without waiting for it',
      description: 'Takes the body of `POST /execute` and the fields of a job. Not here where jobs are off.',
      requestParams: { header: submitHeaders },
      requestBody: { required: true, content: { 'application/json': { schema: jobRequestSchema } } },
      responses: {
        202: {
          ...answer('The job was taken, or was there already.', jobSchema),
          headers: answerHeaders.extend({ Location: z.string() }),
        },
        ...describeRefusals(404, 413, 415, 503),
      },
    },
    get: {
      operationId: 'listJobs',
      tags,
      summary: 'List your jobs',
      requestParams: { header: traceHeaders, query: listQuery },
      responses: {
        200: answer('Jobs that are kept, without their outcomes.', jobListSchema),
        ...describeRefusals(404),
      },
    },
  },
  '/jobs/batch': {
    post: {
      operationId: 'submitJobs',
      tags,
      summary: 'Submit many jobs at once',
      description: 'All are taken, or none.',
      requestParams: { header: submitHeaders },
      requestBody: { required: true, content: { 'application/json': { schema: batchRequestSchema } } },
      responses: {
        202: answer('The jobs, in the order of the request.', jobListSchema),
        ...describeRefusals(404, 413, 415, 503),
      },
    },
  },
  '/jobs/{id}': {
    get: {
      operationId: 'showJob',
      tags,
      summary: 'Show a job, or wait for its end',
      requestParams: {
        header: traceHeaders,
        path,
        query: z.object({
          wait: z.number().min(0).max(requestCaps.waitSeconds).optional().meta({
            description: 'Seconds to wait for the end of the job; it is answered as it is then.',
          }),
        }),
      },
      responses: {
        200: answer('The job, with its outcome once it is final.', jobSchema),
        ...describeRefusals(404, 503),
      },
    },
    delete: {
      operationId: 'cancelJob',
      tags,
      summary: 'Cancel a job',
      description:
        'A script that runs is stopped. A job that is final already stays as it is: `state` tells who won.',
      requestParams: { header: traceHeaders, path },
      responses: { 200: answer('The job as it is now.', jobSchema), ...describeRefusals(404) },
    },
  },
  '/jobs/{id}/events': {
    get: {
      operationId: 'watchJob',
      tags,
      summary: 'Watch a job',
      description: 'Events so far, then those to come. A reader that leaves changes nothing.',
      requestParams: {
        header: traceHeaders.extend({
          'Last-Event-ID': z.string().optional().meta({
            description: 'Number of the last event that the reader got; those after it are sent.',
          }),
        }),
        path,
      },
      responses: {
        200: {
          description: 'The events.',
          headers: answerHeaders.extend({ 'X-Accel-Buffering': z.literal('no').optional() }),
          content: { 'text/event-stream': { schema: describeEventStream(jobEventSchemas) } },
        },
        ...describeRefusals(404, 503),
      },
    },
  },
};
