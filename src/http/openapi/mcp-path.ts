import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { refusalSchema } from '../../core/contract/outcome.ts';
import { tools } from '../../mcp/tools.ts';
import { describeRefusals } from './answers.ts';
import { answerHeaders, traceHeaders } from './headers.ts';

const messageSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
});

const errorSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]),
  error: z.looseObject({ code: z.number().int(), message: z.string() }),
});

const refused = (description: string) => ({
  description,
  headers: answerHeaders,
  content: { 'application/json': { schema: z.union([errorSchema, refusalSchema]) } },
});

const names = Object.keys(tools)
  .map((name) => `\`${name}\``)
  .join(', ');

/** Route of the Model Context Protocol, whose messages the protocol describes to its clients itself. */
export const mcpPath: ZodOpenApiPathsObject = {
  '/mcp': {
    post: {
      operationId: 'mcp',
      tags: ['execution'],
      summary: 'The same as tools of the Model Context Protocol',
      description: `Streamable HTTP without sessions. The tools: ${names}.`,
      requestParams: { header: traceHeaders },
      requestBody: { required: true, content: { 'application/json': { schema: messageSchema } } },
      responses: {
        200: {
          description: 'The answer to a request.',
          headers: answerHeaders,
          content: {
            'application/json': { schema: messageSchema },
            'text/event-stream': { schema: z.string() },
          },
        },
        202: { description: 'A notification was taken.', headers: answerHeaders },
        ...describeRefusals(413, 415, 503),
        400: refused('What was sent is no message of the protocol.'),
        403: refused('A page of another origin had a browser send this.'),
        404: refused('The protocol has no such method.'),
        406: refused(
          '`Accept` names neither what an answer can be, nor both of them, as the protocol wants.',
        ),
      },
    },
  },
};
