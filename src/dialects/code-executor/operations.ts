import { z } from 'zod';
import type { Operation } from '../common/describe-dialect.ts';
import { healthOperation } from '../common/health-operation.ts';
import type { CodeExecutorAnswer } from './answer.ts';
import { bodySchema } from './read-body.ts';

const answerSchema: z.ZodType<CodeExecutorAnswer> = z.object({
  execution_id: z.string(),
  status: z.enum(['completed', 'timeout', 'error']),
  stdout: z.string(),
  stderr: z.string(),
  execution_time: z.number(),
  exit_code: z.number().int(),
});

export const executorOperations: readonly Operation[] = [
  { method: 'post', path: '/execute', summary: 'Runs code.', body: bodySchema, answer: answerSchema },
  healthOperation,
];
