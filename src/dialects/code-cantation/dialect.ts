import type { Dialect } from '../dialect.ts';

export const codeCantation: Dialect = {
  name: 'code-cantation',
  access: {
    'POST /execute': ['execute'],
  },
  load: async () => {
    const [{ createCantation }, { cantationReader }] = await Promise.all([
      import('./routes.ts'),
      import('./read-body.ts'),
    ]);
    return { readers: [cantationReader], createRoutes: createCantation };
  },
};
