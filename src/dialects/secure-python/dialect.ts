import type { Dialect } from '../dialect.ts';

export const securePython: Dialect = {
  name: 'secure-python',
  title: 'Secure Python Code Execution Service',
  access: {
    'POST /execute': ['execute'],
    'POST /generate-and-execute': ['execute'],
    'GET /health': 'everybody',
  },
  load: async () => {
    const [{ createSecurePython }, { codeReader, queryReader }, { secureOperations }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
      import('./operations.ts'),
    ]);
    return {
      readers: [codeReader, queryReader],
      operations: secureOperations,
      createRoutes: createSecurePython,
    };
  },
};
