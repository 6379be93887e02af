import type { Dialect } from '../dialect.ts';
import { codeReader, queryReader } from './read-body.ts';
import { createSecurePython } from './routes.ts';

export const securePython: Dialect = {
  name: 'secure-python',
  access: {
    'POST /execute': ['execute'],
    'POST /generate-and-execute': ['execute'],
    'GET /health': 'everybody',
  },
  readers: [codeReader, queryReader],
  createRoutes: createSecurePython,
};
