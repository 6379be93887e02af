import type { Dialect } from '../dialect.ts';

export const codeCantation: Dialect = {
  name: 'code-cantation',
  title: 'Code Cantation',
  access: {
    'POST /execute': ['execute'],
  },
  load: async () => {
    const [{ createCantation }, { cantationReader }, { cantationOperations }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
      import('./operations.ts'),
    ]);
    return { readers: [cantationReader], operations: cantationOperations, createRoutes: createCantation };
  },
};
