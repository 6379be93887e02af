import type { Dialect } from '../dialect.ts';
import { answerQuartermasterDenial } from './answer-denial.ts';
import { prebuildReader } from './prebuilds.ts';
import { runReader } from './read-run.ts';
import { createQuartermaster } from './routes.ts';

export const quartermaster: Dialect = {
  name: 'quartermaster',
  access: {
    'POST /run': ['execute'],
    'GET /runtimes': ['execute'],
    'GET /images': ['execute'],
    'POST /prebuild': ['environments'],
    'GET /prebuilds': ['environments'],
    'GET /prebuilds/:tag': ['environments'],
    'DELETE /prebuilds/:tag': ['environments'],
    'POST /prebuilds/cleanup': ['environments'],
    'GET /health': 'everybody',
  },
  readers: [runReader, prebuildReader],
  answerDenial: answerQuartermasterDenial,
  createRoutes: createQuartermaster,
};
