import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../src/core/contract/health.ts';
import { packageRoot } from '../src/paths.ts';
import { tools } from '../attacks/python.ts';
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

const outlive = (await readFile(join(packageRoot, 'harness', 'probe', 'outlive.py'), 'utf8')).replace(
  'SECONDS = 20',
  'SECONDS = 300',
);

const run = async ({ url }: ServeProcess, script: string, fields = {}): Promise<AnswerBody> =>
  (await postExecute(url, { script, ...fields })).body;

const health = async ({ url }: ServeProcess): Promise<Health> =>
  (await send(`${url}/health`)).body as unknown as Health;

/** Processes of a service that waits: itself, keeper and starter; nsjail, init and the interpreter of the jail that waits. */
const idle = 6;

describe.each([
  { kind: 'shared-id', hasSubordinateIds: false },
  { kind: 'subordinate-id', hasSubordinateIds: true },
])('a service of an ordinary user without a cgroup: $kind', ({ kind, hasSubordinateIds }) => {
  let user: OrdinaryUser;
  let serve: ServeProcess;
  beforeAll(async () => {
    expect(listOrdinary()).toEqual([]);
    user = await createOrdinaryUser({ hasSubordinateIds, settings: { BRIG_MAX_CONCURRENT: '3' } });
    serve = await serveAs(user);
    await until(() => listOrdinary().length === idle);
  });
  afterAll(async () => {
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    await until(() => listOrdinary().length === 0);
    await user[Symbol.asyncDispose]();
  });

  it('says what holds, and whose ids its jails have', async () => {
    const { status, sandbox } = await health(serve);
    expect(status).toBe('healthy');
    expect(sandbox.deadline?.active).toBe(true);
    expect(sandbox.identity).toMatchObject({ active: true });
    expect(sandbox.identity?.how).toContain(kind);
    const { execution } = await run(serve, 'def main(): return 1');
    expect(execution.enforcement['identity']).toBe(kind);
  });

  it('gives jails the user that it says', async () => {
    const answer = run(serve, waiting('whose', 30), { limits: { timeout: 5 } });
    await until(() => findMarked('whose').length === 1);
    const [marked] = findMarked('whose');
    const uid = listOrdinary().find(({ pid }) => pid === marked)?.uid ?? NaN;
    if (hasSubordinateIds) expect(uid).toBeGreaterThanOrEqual(FIRST_SUBORDINATE);
    else expect(uid).toBe(USER);
    expect((await answer).error).toBe('timeout');
  });

  it('ends scripts at their deadline that do all they can to outlive it, in every place', async () => {
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => run(serve, outlive, { limits: { timeout: 1 } })),
    );
    expect(answers.map(({ error }) => error)).toEqual(['timeout', 'timeout', 'timeout']);
    expect((await run(serve, 'def main(): return 2')).result).toBe(2);
    // Its processes, and the jail that waits.
    await until(() => listOrdinary().length <= idle);
  });

  it('keeps scripts from what the service lives on', async () => {
    const script = `${tools}
import asyncio, select
def main():
    async def wait():
        server = await asyncio.start_server(lambda r, w: w.close(), '127.0.0.1', 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        return await reader.read()
    return [asyncio.run(wait()).decode(), attempt(select.epoll)]`;
    expect((await run(serve, script)).result).toEqual(['', hasSubordinateIds ? 'ok' : 'ENOSYS']);
  });

  it('lets nobody lease the files of an interpreter', async () => {
    const script = `${tools}
import fcntl
def main():
    found = set()
    for name in (sys.executable, '/usr/bin/sh', os.__file__):
        with open(name) as file:
            found.add(attempt(fcntl.fcntl, file, fcntl.F_SETLEASE, fcntl.F_RDLCK))
    return 'ok' in found`;
    expect((await run(serve, script)).result).toBe(false);
  });

  it('runs programs of the command line', async () => {
    const brig = (...args: string[]) => {
      const [file = '', ...rest] = [...user.asUser, ...user.program, ...args];
      return promisify(execFile)(file, rest, { env: { ...process.env, ...user.settings }, cwd: user.folder });
    };
    expect((await brig('run', join(packageRoot, 'examples', 'n-queens.py'), '--arg', '6')).stdout).toContain(
      '"solutions":4',
    );
    const { stdout } = await brig(
      'cantation',
      '--allowed-root',
      user.folder,
      '-c',
      "open('x', 'w').write('y')",
    );
    expect(JSON.parse(stdout)).toMatchObject({ exec_error: null, safety_violation: null });
    expect((await stat(join(user.folder, 'x'))).uid).toBe(USER);
    await writeFile(join(user.folder, 'x'), '');
  });

  it('leaves nothing when it is killed, whatever its scripts did', async () => {
    // The jail that waits may be on its way.
    await until(() => listOrdinary().length >= idle);
    const doomed = await serveAs(user);
    const started = listOrdinary().length;
    const answer = run(doomed, outlive, { limits: { timeout: 60 } }).catch(() => undefined);
    // Its two copies.
    await until(() => listOrdinary().length >= started + 2);
    doomed.kill('SIGKILL');
    await doomed.ended;
    await answer;
    await until(() => listOrdinary().length <= idle, 20_000);
    expect((await run(serve, 'def main(): return 3')).result).toBe(3);
  });
});
