import type { AccessTable } from '../../http/route-access.ts';
import type { Dialect } from '../dialect.ts';
import { pistonSettings } from './settings.ts';

const access: AccessTable = {
  'GET /api/v2/runtimes': ['execute'],
  'POST /api/v2/execute': ['execute'],
  'GET /api/v2/packages': ['execute'],
};

export const piston: Dialect<typeof pistonSettings> = {
  name: 'piston',
  title: 'Piston',
  access: Object.fromEntries(
    Object.entries(access).flatMap(([route, scopes]) => [
      [route, scopes],
      [`${route}/`, scopes],
    ]),
  ),
  settings: pistonSettings,
  refusalMember: 'message',
  load: async () => {
    const [{ createPiston }, { pistonReader }, { pistonOperations }] = await Promise.all([
      import('./routes.ts'),
      import('./read-order.ts'),
      import('./operations.ts'),
    ]);
    return { readers: [pistonReader], operations: pistonOperations, createRoutes: createPiston };
  },
};
