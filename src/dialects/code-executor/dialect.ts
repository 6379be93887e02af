import type { Dialect } from '../dialect.ts';
import { executorReader } from './read-body.ts';
import { createCodeExecutor } from './routes.ts';

export const codeExecutor: Dialect = {
  name: 'code-executor',
  access: {
    'POST /execute': ['execute'],
    'GET /health': 'everybody',
  },
  readers: [executorReader],
  createRoutes: createCodeExecutor,
};
