import type { Dialect } from '../dialect.ts';
import { codeExecutorSettings } from './settings.ts';

export const codeExecutor: Dialect<typeof codeExecutorSettings> = {
  name: 'code-executor',
  title: 'Code Executor Service',
  access: {
    'POST /execute': ['execute'],
    'GET /health': 'everybody',
  },
  settings: codeExecutorSettings,
  load: async () => {
    const [{ createCodeExecutor }, { executorReader }, { executorOperations }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
      import('./operations.ts'),
    ]);
    return { readers: [executorReader], operations: executorOperations, createRoutes: createCodeExecutor };
  },
};
