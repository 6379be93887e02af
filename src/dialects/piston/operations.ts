import { z } from 'zod';
import type { Operation } from '../common/describe-dialect.ts';
import type { PistonAnswer, Stage } from './answer.ts';
import type { Language } from './languages.ts';
import { orderSchema } from './read-order.ts';

const stageSchema: z.ZodType<Stage> = z.object({
  stdout: z.string(),
  stderr: z.string(),
  output: z.string(),
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  message: z.string().nullable(),
  status: z.enum(['TO', 'OL', 'EL', 'RE', 'SG', 'XX']).nullable(),
  cpu_time: z.number(),
  wall_time: z.number(),
  memory: z.number(),
});

const answerSchema: z.ZodType<PistonAnswer> = z.object({
  compile: stageSchema.exactOptional(),
  run: stageSchema.exactOptional(),
  language: z.string(),
  version: z.string(),
});

const languageSchema: z.ZodType<Language> = z.object({
  language: z.string(),
  version: z.string(),
  aliases: z.array(z.string()).readonly(),
  runtime: z.string().exactOptional(),
});

const packageSchema = z.object({
  language: z.string(),
  language_version: z.string(),
  installed: z.boolean(),
});

export const pistonOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v2/runtimes',
    summary: 'Lists the languages.',
    answer: z.array(languageSchema),
  },
  {
    ...{ method: 'post', path: '/api/v2/execute', summary: 'Runs the first of some files.' },
    ...{ body: orderSchema, answer: answerSchema },
  },
  {
    method: 'get',
    path: '/api/v2/packages',
    summary: 'Lists the languages again.',
    answer: z.array(packageSchema),
  },
];
