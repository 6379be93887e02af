import { z } from 'zod';
import type { Operation } from '../common/describe-dialect.ts';
import type { CantationAnswer } from './answer.ts';
import { bodySchema } from './read-body.ts';

const text = z.string().nullable();
const answerSchema = z.object({
  captured_output: z.unknown(),
  console_log: text,
  exec_error: text,
  safety_violation: text,
} satisfies Record<keyof CantationAnswer, z.ZodType>);

export const cantationOperations: readonly Operation[] = [
  { method: 'post', path: '/execute', summary: 'Runs a snippet.', body: bodySchema, answer: answerSchema },
];
