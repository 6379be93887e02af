import { expect, it } from 'vitest';
import { mayManage, maySee, operator, viewerOf } from './viewer.ts';

const ada = viewerOf({ queueKey: 'key ada', key: 'ada', scopes: ['execute', 'environments'] });
const admin = viewerOf({ queueKey: 'key root', key: 'root', scopes: ['admin'] });
const nobody = viewerOf({ queueKey: '127.0.0.1' });

it.each([
  ['her own', ada, { owner: 'ada' }, true, true],
  ["another's", ada, { owner: 'bob' }, false, false],
  ["another's that is shared", ada, { owner: 'bob', shared: true }, false, true],
  ["the operator's", ada, {}, false, true],
  ["somebody's, as admin", admin, { owner: 'bob' }, true, true],
  ["somebody's, as the operator", operator, { owner: 'bob' }, true, true],
  ["the operator's, where there are no keys", nobody, {}, true, true],
])('of environments: %s', (_which, viewer, of, manages, sees) => {
  expect([mayManage(viewer, of), maySee(viewer, of)]).toEqual([manages, sees]);
});
