import { z } from 'zod';
import type { Operation } from '../common/describe-dialect.ts';
import { healthOperation } from '../common/health-operation.ts';
import type { RanCode } from './answer.ts';
import { codeSchema, querySchema } from './read-body.ts';

const ran = {
  stdout: z.string(),
  stderr: z.string(),
  exit_code: z.number().int(),
  execution_time: z.number(),
} satisfies Record<keyof RanCode, z.ZodType>;

export const secureOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/execute',
    summary: 'Runs code, which a model validates first.',
    body: codeSchema,
    answer: z.object({
      ...ran,
      original_code: z.string(),
      executed_code: z.string(),
      validation_result: z.string().nullable(),
    }),
  },
  {
    method: 'post',
    path: '/generate-and-execute',
    summary: 'Runs code that a model writes.',
    body: querySchema,
    answer: z.object({
      query: z.string(),
      generated_code: z.string(),
      ...ran,
      validation_result: z.string(),
    }),
  },
  healthOperation,
];
