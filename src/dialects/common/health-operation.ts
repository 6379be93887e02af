import { z } from 'zod';
import type { Operation } from './describe-dialect.ts';

export const healthOperation: Operation = {
  method: 'get',
  path: '/health',
  summary: 'Tells whether code can run; 503 where none can.',
  answer: z.object({ status: z.enum(['healthy', 'unhealthy']) }),
};
