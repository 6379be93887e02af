import type { Dialect } from '../dialect.ts';
import { quartermasterSettings } from './settings.ts';

export const quartermaster: Dialect<typeof quartermasterSettings> = {
  name: 'quartermaster',
  title: 'quartermaster-code-runner',
  access: {
    'GET /': ['execute'],
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
  settings: quartermasterSettings,
  ceilings: { timeout: 'maxTimeout', memory_mb: 'maxMemoryMb', cpus: 'maxCpus', disk_mb: 'maxDiskMb' },
  load: async () => {
    const [
      { createQuartermaster },
      { runReader },
      { prebuildReader },
      { answerQuartermasterDenial },
      { quartermasterOperations },
    ] = await Promise.all([
      import('./routes.ts'),
      import('./read-run.ts'),
      import('./prebuilds.ts'),
      import('./answer-denial.ts'),
      import('./operations.ts'),
    ]);
    return {
      readers: [runReader, prebuildReader],
      answerDenial: answerQuartermasterDenial,
      operations: quartermasterOperations,
      createRoutes: createQuartermaster,
    };
  },
};
