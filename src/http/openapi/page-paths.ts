import { z } from 'zod';
import type { ZodOpenApiPathItemObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { docsFileNames } from '../docs-files.ts';
import { describeRefusals } from './answers.ts';
import { revalidatedHeaders, validatorHeaders } from './headers.ts';

export const notModified = {
  description: 'What `If-None-Match` names is still current.',
  headers: validatorHeaders,
};
/** A page that loads nothing from elsewhere. @param refusals statuses beside those of every route. */
const page = (operationId: string, summary: string, ...refusals: 404[]): ZodOpenApiPathItemObject => ({
  get: {
    operationId,
    tags: ['service'],
    summary,
    description: 'Loads nothing from elsewhere.',
    requestParams: { header: revalidatedHeaders },
    responses: {
      200: {
        description: 'The page.',
        headers: validatorHeaders,
        content: { 'text/html': { schema: z.string() } },
      },
      304: notModified,
      ...describeRefusals(...refusals),
    },
  },
});

const part = (operationId: string, file: z.ZodType<string>): ZodOpenApiPathItemObject => ({
  get: {
    operationId,
    tags: ['service'],
    summary: 'What the page is made of',
    requestParams: { header: revalidatedHeaders, path: z.object({ file }) },
    responses: {
      200: {
        description: 'A script or a style sheet.',
        headers: validatorHeaders,
        content: { 'text/javascript': { schema: z.string() }, 'text/css': { schema: z.string() } },
      },
      304: notModified,
      ...describeRefusals(404),
    },
  },
});

/** Routes of the pages for people. */
export const pagePaths: ZodOpenApiPathsObject = {
  '/docs': page('docs', 'A page to read this document'),
  '/docs/{file}': part('docsFile', z.enum(docsFileNames)),
  '/': page('playground', 'A page to write scripts and run them', 404),
  '/playground/{file}': part('playgroundFile', z.string()),
};
