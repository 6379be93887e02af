import type { Dialect } from '../dialect.ts';
import { codeExecutorSettings } from './settings.ts';

export const codeExecutor: Dialect<typeof codeExecutorSettings> = {
  name: 'code-executor',
  access: {
    'POST /execute': ['execute'],
    'GET /health': 'everybody',
  },
  settings: codeExecutorSettings,
  load: async () => {
    const [{ createCodeExecutor }, { executorReader }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
    ]);
    return { readers: [executorReader], createRoutes: createCodeExecutor };
  },
};
