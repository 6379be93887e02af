import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { healthSchema } from '../../core/contract/health.ts';
import { outcomeSchema } from '../../core/contract/outcome.ts';
import { streamEventSchemas } from '../../core/contract/stream-event.ts';
import { describeEvents } from './describe-events.ts';
import { executeRequestSchema } from '../../core/contract/request.ts';
import { runtimesSchema } from '../../core/contract/runtimes.ts';
import { describeRefusals } from './answers.ts';
import { environmentPaths } from './environment-paths.ts';
import { jobPaths } from './job-paths.ts';
import { sessionPaths } from './session-paths.ts';
import { mcpPath } from './mcp-path.ts';
import { generationPaths } from './generation-paths.ts';
import { notModified, pagePaths } from './page-paths.ts';
import { executeExamples, type ExecuteExample } from './examples.ts';
import {
  answerHeaders,
  executedHeaders,
  executeHeaders,
  revalidatedHeaders,
  traceHeaders,
  validatorHeaders,
} from './headers.ts';

const eventsSchema = describeEvents(streamEventSchemas);
const lifeSchema = z.object({ status: z.literal('alive') });
const documentSchema = z.looseObject({ openapi: z.string(), paths: z.looseObject({}) });

const pickExamples = (part: 'request' | 'response', status: ExecuteExample['status']) =>
  Object.fromEntries(
    Object.entries(executeExamples)
      .filter(([, example]) => example.status === status)
      .map(([name, example]) => [name, { summary: example.summary, value: example[part] }]),
  );

const refusals = describeRefusals(403, 404, 413, 415, 502, 503);

/** Every route of the service, with its inputs and answers. */
export const paths: ZodOpenApiPathsObject = {
  '/execute': {
    post: {
      operationId: 'execute',
      tags: ['execution'],
      summary: 'Run one script, and wait for its outcome',
      description:
        'Runs the script in a jail that no other execution ever sees. The HTTP status speaks of the service, the body of ' +
        'the script: a script that failed is a 200 with `success: false`. With `Accept: text/event-stream` the output comes as events, the outcome as the last. A caller that disconnects ends its execution.',
      requestParams: { header: executeHeaders },
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: executeRequestSchema, examples: pickExamples('request', 200) },
        },
      },
      responses: {
        200: {
          description: 'What became of the script.',
          headers: executedHeaders,
          content: {
            'application/json': { schema: outcomeSchema, examples: pickExamples('response', 200) },
            'text/event-stream': { schema: eventsSchema },
          },
        },
        ...refusals,
        400: {
          ...refusals['400'],
          description: refusals['400']?.description ?? '',
          content: {
            'application/json': {
              ...refusals['400']?.content?.['application/json'],
              examples: pickExamples('response', 400),
            },
          },
        },
      },
    },
  },
  '/runtimes': {
    get: {
      operationId: 'listRuntimes',
      tags: ['execution'],
      summary: 'What can run scripts here, and under which limits',
      description:
        'Each runtime with its version and how it runs a script, or why it is not available and what the operator can do about it.',
      requestParams: { header: traceHeaders },
      responses: {
        200: {
          description: 'All that a request may name, whether they can be used or not.',
          headers: answerHeaders,
          content: { 'application/json': { schema: runtimesSchema } },
        },
        ...describeRefusals(),
      },
    },
  },
  ...generationPaths,
  ...environmentPaths,
  ...jobPaths,
  ...sessionPaths,
  ...mcpPath,
  '/health': {
    get: {
      operationId: 'health',
      tags: ['service'],
      summary: 'Can a script run now?',
      description: 'Reports what the last probe saw: each layer of isolation is attacked in real jails.',
      requestParams: { header: traceHeaders },
      responses: {
        200: {
          description: 'A script can run.',
          headers: answerHeaders,
          content: { 'application/json': { schema: healthSchema } },
        },
        ...describeRefusals(),
        503: {
          description: 'No script can run; `reason` says why.',
          headers: answerHeaders,
          content: { 'application/json': { schema: healthSchema } },
        },
      },
    },
  },
  '/live': {
    get: {
      operationId: 'live',
      tags: ['service'],
      summary: 'Does the process answer?',
      description: 'Never touches the sandbox.',
      requestParams: { header: traceHeaders },
      responses: {
        200: {
          description: 'It does.',
          headers: answerHeaders,
          content: { 'application/json': { schema: lifeSchema, example: { status: 'alive' } } },
        },
        ...describeRefusals(),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      tags: ['service'],
      summary: 'Measurements for Prometheus',
      description:
        'In the text format of Prometheus: docs/metrics.md lists them. Not here where the operator gave them a port of their own, or none.',
      requestParams: { header: traceHeaders },
      responses: {
        200: {
          description: 'All measurements.',
          headers: answerHeaders,
          content: { 'text/plain': { schema: z.string() } },
        },
        ...describeRefusals(404),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'describe',
      tags: ['service'],
      summary: 'This document',
      description: "With this service's own defaults and ceilings.",
      requestParams: { header: revalidatedHeaders },
      responses: {
        200: {
          description: 'An OpenAPI 3.1 document.',
          headers: validatorHeaders,
          content: { 'application/json': { schema: documentSchema } },
        },
        304: notModified,
        ...describeRefusals(),
      },
    },
  },
  ...pagePaths,
};
