import type { Dialect } from '../dialect.ts';

export const securePython: Dialect = {
  name: 'secure-python',
  access: {
    'POST /execute': ['execute'],
    'POST /generate-and-execute': ['execute'],
    'GET /health': 'everybody',
  },
  load: async () => {
    const [{ createSecurePython }, { codeReader, queryReader }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
    ]);
    return { readers: [codeReader, queryReader], createRoutes: createSecurePython };
  },
};
