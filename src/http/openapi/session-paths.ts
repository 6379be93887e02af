import { z } from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import {
  cellOutcomeSchema,
  sessionFileListSchema,
  sessionListSchema,
  sessionSchema,
} from '../../core/contract/sessions/session.ts';
import { displaySchema } from '../../core/contract/sessions/display.ts';
import { cellRequestSchema, sessionRequestSchema } from '../../core/contract/sessions/session-request.ts';
import { streamEventSchemas } from '../../core/contract/stream-event.ts';
import { describeRefusals } from './answers.ts';
import { describeEvents } from './describe-events.ts';
import { answerHeaders, executedHeaders, executeHeaders, traceHeaders } from './headers.ts';

const answer = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  headers: answerHeaders,
  content: { 'application/json': { schema } },
});

const path = z.object({ id: z.string() });
const filePath = path.extend({
  path: z.string().meta({ description: 'Relative to the working directory; it may hold `/`.' }),
});
const tags = ['sessions'];
const eventsSchema = describeEvents({
  ...streamEventSchemas,
  result: displaySchema.meta({ description: 'One result of a cell, as it comes; `done` has all of them.' }),
});
const writtenSchema = z.object({ path: z.string(), size: z.int() });

/** Routes of sessions. */
export const sessionPaths: ZodOpenApiPathsObject = {
  '/sessions': {
    post: {
      operationId: 'openSession',
      tags,
      summary: 'Keep a jail for one execution after the other',
      description:
        'Names, files and processes of a script stay for the next one of the same session, and for nobody else. Not here where sessions are off.',
      requestParams: { header: traceHeaders },
      requestBody: { required: false, content: { 'application/json': { schema: sessionRequestSchema } } },
      responses: {
        201: {
          ...answer('It is there.', sessionSchema),
          headers: answerHeaders.extend({ Location: z.string() }),
        },
        ...describeRefusals(404, 413, 415, 503),
      },
    },
    get: {
      operationId: 'listSessions',
      tags,
      summary: 'List your sessions',
      requestParams: { header: traceHeaders },
      responses: { 200: answer('Those that are there.', sessionListSchema), ...describeRefusals(404) },
    },
  },
  '/sessions/{id}': {
    get: {
      operationId: 'showSession',
      tags,
      summary: 'Show a session',
      requestParams: { header: traceHeaders, path },
      responses: { 200: answer('The session.', sessionSchema), ...describeRefusals(404, 410) },
    },
    delete: {
      operationId: 'closeSession',
      tags,
      summary: 'End a session',
      description: 'Ends what runs in it, too.',
      requestParams: { header: traceHeaders, path },
      responses: {
        200: answer('The session, whose jail is gone.', sessionSchema),
        ...describeRefusals(404, 410),
      },
    },
  },
  '/sessions/{id}/execute': {
    post: {
      operationId: 'executeInSession',
      tags,
      summary: 'Run a cell, a script or a function in a session',
      description:
        'Answers as `POST /execute` does, with the results of a cell; with `Accept: text/event-stream` as events. A caller that disconnects interrupts it. At a limit of time, CPU time or output the script is interrupted; the session ends when that does not help.',
      requestParams: { header: executeHeaders, path },
      requestBody: { required: true, content: { 'application/json': { schema: cellRequestSchema } } },
      responses: {
        200: {
          description: 'What became of it.',
          headers: executedHeaders,
          content: {
            'application/json': { schema: cellOutcomeSchema },
            'text/event-stream': { schema: eventsSchema },
          },
        },
        ...describeRefusals(404, 409, 410, 413, 415, 503),
      },
    },
  },
  '/sessions/{id}/interrupt': {
    post: {
      operationId: 'interruptSession',
      tags,
      summary: 'Interrupt what runs in a session',
      description: 'Like Ctrl-C in a terminal: a KeyboardInterrupt, unless the script chose otherwise.',
      requestParams: { header: traceHeaders, path },
      responses: {
        200: answer('The session; `interrupting` where something runs.', sessionSchema),
        ...describeRefusals(404, 410),
      },
    },
  },
  '/sessions/{id}/files': {
    get: {
      operationId: 'listSessionFiles',
      tags,
      summary: 'List the files of a session',
      requestParams: { header: traceHeaders, path },
      responses: {
        200: answer('The regular files of its working directory.', sessionFileListSchema),
        ...describeRefusals(404, 409, 410, 503),
      },
    },
  },
  '/sessions/{id}/files/{path}': {
    get: {
      operationId: 'readSessionFile',
      tags,
      summary: 'Read a file of a session',
      requestParams: { header: traceHeaders, path: filePath },
      responses: {
        200: {
          description: 'Its bytes.',
          headers: answerHeaders.extend({ 'Content-Disposition': z.literal('attachment') }),
          content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
        },
        ...describeRefusals(404, 409, 410, 413, 503),
      },
    },
    put: {
      operationId: 'writeSessionFile',
      tags,
      summary: 'Write a file of a session',
      requestParams: { header: traceHeaders, path: filePath },
      requestBody: {
        description: 'The bytes of the file; none for an empty one.',
        required: false,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      responses: { 200: answer('It is there.', writtenSchema), ...describeRefusals(404, 409, 410, 413, 503) },
    },
  },
};
