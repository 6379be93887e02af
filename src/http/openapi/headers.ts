import { z } from 'zod';
import { idempotencyKeySchema } from '../idempotency-key.ts';

/* Headers of the contract, for the document. */

const requestId = z
  .string()
  .regex(/^[\x20-\x7e]{1,128}$/)
  .meta({
    description:
      'Names the request in the log: the one that was sent, if it was well-formed, else a new UUID.',
  });

const traceparent = z
  .string()
  .regex(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}/)
  .meta({
    description: 'W3C Trace Context: taken over, logged and answered where it is well-formed, else ignored.',
  });

/** Headers that every route reads. Any string is allowed, because malformed ones are ignored. */
export const traceHeaders = z.object({
  'X-Request-Id': z.string().optional().meta({ description: requestId.meta()?.description }),
  traceparent: z.string().optional().meta({ description: traceparent.meta()?.description }),
});

/** Headers that `POST /execute` reads. */
export const executeHeaders = traceHeaders.extend({
  'Idempotency-Key': idempotencyKeySchema.optional().meta({
    description:
      'The same key and body within ten minutes give the first outcome again; another body with it is `invalid_input`. ' +
      'A UUID, for example.',
  }),
});

/** Headers of every answer. */
export const answerHeaders = z.object({
  'X-Request-Id': requestId,
  traceparent: traceparent.optional(),
  'X-Content-Type-Options': z.literal('nosniff'),
  'Cache-Control': z
    .string()
    .meta({ description: '`no-store`, except for what only changes with the service itself.' }),
  'Content-Security-Policy': z
    .string()
    .optional()
    .meta({ description: 'No answer is a page, but `GET /docs` and `GET /`.' }),
  'Cross-Origin-Resource-Policy': z.literal('same-origin').optional(),
});

const serverTiming = z.string().meta({
  description:
    'Milliseconds of each step: model (where one is asked), analysis, queue, jail, run, collect, and the total.',
});

export const executedHeaders = answerHeaders.extend({
  'Server-Timing': serverTiming,
  'X-Accel-Buffering': z.literal('no').optional().meta({
    description: 'With `text/event-stream`: proxies are to pass events on at once.',
  }),
  'Idempotent-Replayed': z.literal('true').optional().meta({
    description: 'The outcome is that of an earlier request with the same Idempotency-Key.',
  }),
});

export const retryHeaders = answerHeaders.extend({
  'Retry-After': z
    .string()
    .regex(/^\d+$/)
    .optional()
    .meta({ description: 'Seconds after which to try again.' }),
});

export const allowHeaders = answerHeaders.extend({
  Allow: z.string().meta({ description: 'The methods that the route takes.' }),
});

/** Request headers of routes whose answer changes only with the service itself. */
export const revalidatedHeaders = traceHeaders.extend({
  'If-None-Match': z.string().optional().meta({ description: 'An ETag that the caller has.' }),
});

export const validatorHeaders = answerHeaders.extend({
  ETag: z.string().meta({ description: 'Names this version of the answer.' }),
});
