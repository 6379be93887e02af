import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { generateRequestSchema } from '../../core/contract/generation/generate-request.ts';
import { generationEventSchemas, generationSchema } from '../../core/contract/generation/generation.ts';
import { failureSchema, successSchema } from '../../core/contract/outcome.ts';
import { streamEventSchemas } from '../../core/contract/stream-event.ts';
import { describeRefusals } from './answers.ts';
import { describeEvents } from './describe-events.ts';
import { executedHeaders, executeHeaders } from './headers.ts';

const { start, stdout, stderr, done, error } = streamEventSchemas;
const eventsSchema = describeEvents({ ...generationEventSchemas, start, stdout, stderr, done, error });

/** The answer's own members come first, then those of the outcome. */
export const generatedSuccessSchema = z.object({ ...generationSchema.shape, ...successSchema.shape });
export const generatedFailureSchema = z.object({ ...generationSchema.shape, ...failureSchema.shape });
export const generatedSchema = z.union([generatedFailureSchema, generatedSuccessSchema]);

/** Route of scripts that a model writes. */
export const generationPaths: ZodOpenApiPathsObject = {
  '/generate-and-execute': {
    post: {
      operationId: 'generateAndExecute',
      tags: ['execution'],
      summary: 'Have a model write a script, run it, and wait for its outcome',
      description:
        'Where the operator has a model (`BRIG_LLM_API_KEY`). The script is checked and run as any other; one that the model does not call safe is `policy_violation`, and is not run. With `Accept: text/event-stream` the script comes as soon as it is there.',
      requestParams: { header: executeHeaders },
      requestBody: { required: true, content: { 'application/json': { schema: generateRequestSchema } } },
      responses: {
        200: {
          description: 'The script, and what became of it.',
          headers: executedHeaders,
          content: {
            'application/json': { schema: generatedSchema },
            'text/event-stream': { schema: eventsSchema },
          },
        },
        ...describeRefusals(403, 404, 413, 415, 502, 503),
      },
    },
  },
};
