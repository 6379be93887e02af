import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../src/core/contract/health.ts';
import {
  createOrdinaryUser,
  FIRST_SUBORDINATE,
  listOrdinary,
  serveAs,
  USER,
  type OrdinaryUser,
} from './support/ordinary.ts';
import { findMarked, until, waiting, type ServeProcess } from './support/serve.ts';
import { postExecute, send, type AnswerBody } from './support/service.ts';

describe.each([
  { kind: 'shared-id', hasSubordinateIds: false },
  { kind: 'subordinate-id', hasSubordinateIds: true },
])('a nursery of an ordinary user: $kind', ({ kind, hasSubordinateIds }) => {
  let user: OrdinaryUser;
  let serve: ServeProcess;
  beforeAll(async () => {
    user = await createOrdinaryUser({
      hasSubordinateIds,
      settings: { BRIG_ISOLATION: 'nursery', BRIG_MAX_CONCURRENT: '3', BRIG_RUNTIMES: 'python' },
    });
    serve = await serveAs(user);
  });
  afterAll(async () => {
    serve.kill('SIGKILL');
    await serve.ended;
    await until(() => listOrdinary().length === 0);
    await user[Symbol.asyncDispose]();
  });

  const run = async (script: string, fields = {}): Promise<AnswerBody> =>
    (await postExecute(serve.url, { script, ...fields })).body;

  it('holds, and makes the jails', async () => {
    const { status, reason, sandbox } = (await send(`${serve.url}/health`)).body as unknown as Health;
    expect([status, reason]).toEqual(['healthy', undefined]);
    expect(sandbox.identity?.how).toContain(kind);
    const { result, execution } = await run('def main(): return 7');
    expect([result, execution.isolation, execution.enforcement['identity']]).toEqual([7, 'nursery', kind]);
  });

  it('gives jails the user that it says, each another where it can', async () => {
    const marks = ['nursery-one', 'nursery-two'];
    const answers = marks.map((mark) => run(waiting(mark, 30), { limits: { timeout: 6 } }));
    await until(() => marks.every((mark) => findMarked(mark).length === 1));
    const uids = marks.map(
      (mark) => listOrdinary().find(({ pid }) => pid === findMarked(mark)[0])?.uid ?? NaN,
    );
    if (hasSubordinateIds) {
      expect(new Set(uids).size).toBe(2);
      for (const uid of uids) expect(uid).toBeGreaterThanOrEqual(FIRST_SUBORDINATE);
    } else expect(uids).toEqual([USER, USER]);
    for (const { error } of await Promise.all(answers)) expect(error).toBe('timeout');
  });
});
