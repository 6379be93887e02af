import type { Dialect } from '../dialect.ts';
import { cantationReader } from './read-body.ts';
import { createCantation } from './routes.ts';

export const codeCantation: Dialect = {
  name: 'code-cantation',
  access: {
    'POST /execute': ['execute'],
  },
  readers: [cantationReader],
  createRoutes: createCantation,
};
