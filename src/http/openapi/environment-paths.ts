import { z } from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import {
  buildRequestSchema,
  environmentNameSchema,
  environmentSchema,
  importedModuleSchema,
} from '../../core/contract/environment.ts';
import { importAnswerSchema } from '../../core/contract/import-answer.ts';
import { requestCaps } from '../../core/contract/request.ts';
import { describeRefusals } from './answers.ts';
import { answerHeaders, traceHeaders } from './headers.ts';

const answer = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  headers: answerHeaders,
  content: { 'application/json': { schema } },
});

const events = {
  'text/event-stream': {
    schema: z.string().meta({
      description:
        'Event `progress`: one line of what the installer says. Event `step`: the step that begins. Event `ended`: the environment; the last one.',
    }),
  },
};

export const environmentListSchema = z.object({ environments: z.array(environmentSchema) });
export const removedSchema = z.object({ removed: z.array(z.string()) });
export const shownImportSchema = z.object({ name: z.string(), import: importAnswerSchema });
export const shownSchema = z.union([shownImportSchema, environmentSchema]);
const path = z.object({ name: environmentNameSchema });
const tags = ['environments'];

/** Routes of package environments. */
export const environmentPaths: ZodOpenApiPathsObject = {
  '/environments': {
    post: {
      operationId: 'buildEnvironment',
      tags,
      summary: 'Build a package environment',
      description:
        'Where the operator allows it (`BRIG_BUILDS`). The build goes on after the answer; with `Accept: text/event-stream` its progress comes as events.',
      requestParams: { header: traceHeaders },
      requestBody: { required: true, content: { 'application/json': { schema: buildRequestSchema } } },
      responses: {
        200: { description: 'The progress, as events.', headers: answerHeaders, content: events },
        202: {
          ...answer('The build waits or runs.', environmentSchema),
          headers: answerHeaders.extend({ Location: z.string() }),
        },
        ...describeRefusals(403, 413, 415, 503),
      },
    },
    get: {
      operationId: 'listEnvironments',
      tags,
      summary: 'List package environments',
      requestParams: { header: traceHeaders },
      responses: { 200: answer('All there are.', environmentListSchema), ...describeRefusals() },
    },
    delete: {
      operationId: 'pruneEnvironments',
      tags,
      summary: 'Remove environments that nobody used for long',
      requestParams: { header: traceHeaders, query: z.object({ unused_days: z.number().min(0) }) },
      responses: { 200: answer('Which ones.', removedSchema), ...describeRefusals(403) },
    },
  },
  '/environments/{name}': {
    get: {
      operationId: 'showEnvironment',
      tags,
      summary: 'Show an environment, or whether a module can be imported in it',
      requestParams: {
        header: traceHeaders,
        path,
        query: z.object({
          import: importedModuleSchema.optional(),
          wait: z
            .number()
            .min(0)
            .max(requestCaps.waitSeconds)
            .optional()
            .meta({ description: 'Seconds to wait for the end of a build that waits or runs.' }),
        }),
      },
      responses: {
        200: {
          ...answer('The environment; with `import` the answer for that module.', z.unknown()),
          content: {
            'application/json': { schema: shownSchema },
            ...events,
          },
        },
        ...describeRefusals(404, 503),
      },
    },
    delete: {
      operationId: 'removeEnvironment',
      tags,
      summary: 'Remove an environment',
      requestParams: { header: traceHeaders, path },
      responses: { 200: answer('Its name.', removedSchema), ...describeRefusals(403, 404) },
    },
  },
};
