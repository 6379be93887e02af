import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStarter, type JailProcess, type Starter } from '../src/sandbox/nsjail/starter.ts';
import { runTool } from '../src/host/process.ts';
import { isRunning, readCommand, readParent } from './support/host-state.ts';
import { findMarked, until } from './support/serve.ts';

/** Stands for an nsjail whose jail does not die with it: its child ignores what can be ignored, in a session of its own. */
const leaving = (marker: string) => ({
  command: [
    '/bin/sh',
    '-c',
    `setsid sh -c 'trap "" HUP INT TERM; while :; do sleep 1; done; :' ${marker} & echo up; exec sleep 1000`,
  ] as const,
  env: { PATH: '/usr/bin:/bin' },
  joinFiles: [],
});

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readParent(pid) === parent && isRunning(pid));

let starter: Starter;
let count = 0;

const only = (pids: readonly number[]): number => {
  expect(pids).toHaveLength(1);
  return pids[0] as number;
};
const findKeeper = (): number =>
  only(childrenOf(process.pid).filter((pid) => readCommand(pid).includes('starter.py')));
const findStarter = (): number => only(childrenOf(findKeeper()));

/** Starts a command of which something will be left. */
async function startLeaving(): Promise<{ jail: JailProcess; marker: string }> {
  const marker = `left-${process.pid}-${(count += 1)}`;
  const jail = await starter.start(leaving(marker));
  const up = Promise.withResolvers<void>();
  jail.stdout.onChunk = () => up.resolve();
  await up.promise;
  await until(() => findMarked(marker).length === 1);
  return { jail, marker };
}

describe('the starter of jails', () => {
  beforeEach(() => {
    starter = createStarter('python3');
  });
  afterEach(() => starter.close());

  it('kills what lost its parent with nsjail, and says that it ended after that', async () => {
    const [first, second] = [await startLeaving(), await startLeaving()];
    first.jail.kill();
    await first.jail.ended;
    expect(findMarked(first.marker)).toEqual([]);
    expect(findMarked(second.marker)).toHaveLength(1);
    await first.jail.closed;
    second.jail.kill();
    await second.jail.closed;
    expect(findMarked(second.marker)).toEqual([]);
    expect(childrenOf(findStarter())).toEqual([]);
  });

  it.each([
    ['starter', findStarter],
    ['keeper', findKeeper],
  ])('leaves nothing when the %s is killed, and starts jails again', async (_, find) => {
    const { jail, marker } = await startLeaving();
    process.kill(find(), 'SIGKILL');
    await jail.closed;
    await until(() => findMarked(marker).length === 0);
    const next = await startLeaving();
    next.jail.kill();
    await next.jail.closed;
    expect(findMarked(next.marker)).toEqual([]);
  });

  it('leaves nothing when it is closed', async () => {
    const { marker } = await startLeaving();
    await starter.close();
    expect(findMarked(marker)).toEqual([]);
  });

  it.each([
    ['descriptors', 'nofile'],
    ['processes', 'nproc'],
  ])('refuses while there are no %s, and starts jails again afterwards', async (_, limit) => {
    const first = await startLeaving();
    const setLimit = async (value: string): Promise<void> => {
      const { ok, stderr } = await runTool('prlimit', [
        '--pid',
        String(findStarter()),
        `--${limit}=${value}`,
      ]);
      expect(ok, stderr).toBe(true);
    };
    // Root has no bound of processes.
    if (limit === 'nproc' && process.getuid?.() === 0) return first.jail.kill();
    await setLimit('10:');
    await expect(starter.start(leaving('never'))).rejects.toMatchObject({ name: 'JailFailure' });
    await setLimit('1000:');
    const next = await startLeaving();
    for (const { jail } of [first, next]) {
      jail.kill();
      await jail.closed;
    }
  });

  it('says that a jail has not come to be when its nursery ends before', async () => {
    // It never reads from its socket.
    const nursery = await starter.startNursery({ command: ['/bin/sleep', '1000'], env: {} });
    const jail = nursery.spawn({ table: Buffer.from('table'), joinFiles: [] });
    nursery.kill();
    expect(await jail).toBeUndefined();
    await nursery.ended;
    expect(await nursery.spawn({ table: Buffer.from('table'), joinFiles: [] })).toBeUndefined();
    expect(childrenOf(findStarter())).toEqual([]);
  });

  it('sends a nursery more than its socket holds, as it reads', async () => {
    const reads =
      'import os,socket; s=socket.socket(fileno=4)\nfor _ in range(40): socket.recv_fds(s, 70000, 9)';
    const nursery = await starter.startNursery({
      command: ['/usr/bin/env', 'python3', '-c', reads],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const table = Buffer.alloc(60_000);
    const jails = await Promise.all(
      Array.from({ length: 40 }, () => nursery.spawn({ table, joinFiles: [] })),
    );
    expect(jails).toEqual(jails.map(() => undefined));
    await nursery.ended;
  });

  it('says that no jail could be started where the starter cannot be', async () => {
    const missing = createStarter('/nonexistent/python3');
    await expect(async () => missing.start(leaving('never'))).rejects.toMatchObject({ name: 'JailFailure' });
    await missing.close();
  });
});
