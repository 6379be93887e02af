import { describe, expect, it, vi } from 'vitest';
import { parseConfig, toLimitPolicy } from '../../../config.ts';
import { JailFailure } from '../../sandbox.ts';
import { STEP_BYTES, TABLE_ADDRESS } from '../image/nursery-layout.ts';
import type { JailProcess, NurseryProcess, TemplateProcess } from '../starter.ts';
import { keepNurseries } from './nurseries.ts';
import type { JailFromNursery } from './open-outer.ts';

const ids = { uid: 1001, gid: 1001, isSubordinate: false, isShared: false };
const jail: JailFromNursery = {
  kind: 'python',
  limits: toLimitPolicy(parseConfig({})).defaults,
  ids,
  interpreter: '/usr/local/bin/python3',
  preload: [],
  hasCgroup: true,
  image: '/images/one',
  devices: '/devices/1',
  joinFiles: [],
  isForked: false,
};

/** Nurseries of a starter that starts nothing. */
function open() {
  const outers: {
    end: (log?: string) => void;
    kill: ReturnType<typeof vi.fn>;
    jails: PromiseWithResolvers<string>[];
  }[] = [];
  const given = new Set<number>();
  let next = 2000;
  const startNursery = vi.fn((): Promise<NurseryProcess> => {
    const ended = Promise.withResolvers<string>();
    const jails: PromiseWithResolvers<string>[] = [];
    let hasEnded = false;
    const end = (log = ''): void => {
      hasEnded = true;
      ended.resolve(log);
    };
    const kill = vi.fn(() => end());
    outers.push({ end, kill, jails });
    const spawn = (): Promise<JailProcess | undefined> => {
      if (hasEnded) return Promise.resolve(undefined);
      const log = Promise.withResolvers<string>();
      jails.push(log);
      return Promise.resolve({ ended: log.promise, closed: log.promise } as unknown as JailProcess);
    };
    return Promise.resolve({ spawn, kill, ended: ended.promise });
  });
  const says = { words: 'ready' };
  const leaves: string[] = [];
  const startTemplate = vi.fn(async (): Promise<TemplateProcess> => {
    const template = await startNursery();
    return { ...template, words: Promise.resolve(says.words) };
  });
  const nurseries = keepNurseries({
    nsjail: '/bin/nsjail',
    starter: { startNursery, startTemplate },
    tree: {
      createLeaf: (name) => {
        leaves.push(name);
        return {
          ...{ joinFiles: [`/cgroup/${name}/tasks`], kill: () => undefined, setLimits: () => undefined },
          readUsage: () => ({
            ...{ cpuMs: 0, memoryPeakBytes: 0, oomKills: 1, wasFull: says.words === '', processRefusals: 0 },
          }),
          readCpuMs: () => 0,
          remove: async () => void leaves.splice(leaves.indexOf(name), 1),
          giveBack: async () => undefined,
        };
      },
    },
    nameLeaf: () => `leaf-${startTemplate.mock.calls.length}`,
    templates: { memoryMb: 64, jails: 3, age: 600 },
    devices: { root: '/devices' },
    ids: {
      kind: 'own-id',
      range: { uid: 1000, gid: 1000, count: 5000 },
      take: () => {
        next += 1;
        given.add(next);
        return { ...ids, uid: next, gid: next };
      },
      giveBack: ({ uid }) => given.delete(uid),
    },
  });
  return { nurseries, outers, given, startNursery, startTemplate, says, leaves };
}
const at = (step: number, error: number): string =>
  `[F][nursery] ${TABLE_ADDRESS + step * STEP_BYTES} ${error}`;

describe('nurseries', () => {
  it('are one for each image, kind and environment, and started on demand', async () => {
    const { nurseries, startNursery } = open();
    expect(startNursery).not.toHaveBeenCalled();
    await nurseries.start(jail);
    await nurseries.start({ ...jail, ids: { ...ids, uid: 1002 }, devices: '/devices/2' });
    expect(startNursery).toHaveBeenCalledOnce();
    await nurseries.start({ ...jail, packages: { folder: '/env/1', place: '/site' } });
    await nurseries.start({ ...jail, image: '/images/two' });
    expect(startNursery).toHaveBeenCalledTimes(3);
  });

  it('are started again when they ended, with ids of their own until then', async () => {
    const { nurseries, outers, given, startNursery } = open();
    await nurseries.start(jail);
    expect(given.size).toBe(1);
    outers[0]?.end();
    await vi.waitFor(() => expect(given.size).toBe(0));
    await nurseries.start(jail);
    expect(startNursery).toHaveBeenCalledTimes(2);
  });

  it('are started again for a jail that finds one ended', async () => {
    const { nurseries, outers, startNursery } = open();
    await nurseries.start(jail);
    outers[0]?.end();
    await nurseries.start(jail);
    expect(startNursery).toHaveBeenCalledTimes(2);
  });

  it('are given up for a jail when they end at once, with the reason', async () => {
    const { nurseries, outers, startNursery } = open();
    startNursery.mockImplementation(() =>
      Promise.resolve({
        spawn: async () => undefined,
        kill: vi.fn(),
        ended: Promise.resolve('[E][2026] no namespaces: Operation not permitted'),
      }),
    );
    await expect(nurseries.start(jail)).rejects.toMatchObject({
      message: 'The jail could not be started.',
      detail: 'its nursery ended at once; no namespaces: Operation not permitted',
      remedy: expect.stringContaining('Let the service make namespaces'),
    });
    expect(startNursery).toHaveBeenCalledTimes(2);
    expect(outers).toHaveLength(0);
  });

  it('are ended without a jail where there are many, the least used first', async () => {
    const { nurseries, outers } = open();
    for (let index = 0; index < 10; index += 1) await nurseries.start({ ...jail, image: `/images/${index}` });
    await nurseries.start({ ...jail, image: '/images/0' });
    for (const { jails } of outers.slice(0, 9)) for (const log of jails) log.resolve('');
    await vi.waitFor(() => expect(outers[1]?.kill).toHaveBeenCalled());
    expect(outers.filter(({ kill }) => kill.mock.calls.length > 0)).toHaveLength(1);
    // The last has a jail.
    expect(outers[9]?.kill).not.toHaveBeenCalled();
  });

  it('name the step that failed', async () => {
    const { nurseries, outers } = open();
    const process = await nurseries.start(jail);
    outers[0]?.jails[0]?.resolve(at(0, 1));
    expect(await process.closed).toBe(
      '[F][nursery] A jail could not wait for children again: Operation not permitted',
    );
    const other = await nurseries.start(jail);
    // One that failed at it makes no further jail.
    outers[1]?.jails[0]?.resolve(at(1, 28));
    expect(await other.closed).toContain('A jail could not take all signals: ENOSPC');
  });

  it('say of a jail that ended with its nursery why that ended, and nothing of how', async () => {
    const { nurseries, outers } = open();
    const process = await nurseries.start(jail);
    outers[0]?.end(
      '[W][2026] no mounts\n[I][2026-01-02T03:04:05+0000] pid=7 (x) exited with status: 0, (PIDs left: 0)',
    );
    outers[0]?.jails[0]?.resolve('');
    expect(await process.closed).toBe('[F][nursery] no mounts\n');
  });

  it('end all when they are closed, and start none afterwards', async () => {
    const { nurseries, outers } = open();
    await nurseries.start(jail);
    await nurseries.close();
    expect(outers[0]?.kill).toHaveBeenCalledOnce();
    await expect(nurseries.start(jail)).rejects.toThrow(JailFailure);
  });
});

describe('templates', () => {
  const forked = { ...jail, isForked: true, preload: ['numpy'], variables: { OMP_NUM_THREADS: '1' } };

  it('are one for each choice of modules and variables, in cgroups of their own', async () => {
    const { nurseries, startTemplate, startNursery, leaves } = open();
    await nurseries.start(forked);
    await nurseries.start(forked);
    await nurseries.start({ ...forked, preload: [] });
    await nurseries.start({ ...forked, variables: { OMP_NUM_THREADS: '2' } });
    await nurseries.start(jail);
    expect(startTemplate).toHaveBeenCalledTimes(3);
    expect(startNursery).toHaveBeenCalledTimes(4);
    expect(startTemplate.mock.calls[0]).toMatchObject([{ joinFiles: ['/cgroup/leaf-0/tasks'] }]);
    await nurseries.close();
    expect(leaves).toEqual([]);
  });

  it('say why there is none, when nothing of them is left', async () => {
    const { nurseries, outers, says, given, leaves } = open();
    says.words = 'ImportError: no module';
    await expect(nurseries.start(forked)).rejects.toMatchObject({
      message: 'The template of jails could not be started.',
      detail: 'ImportError: no module',
    });
    expect(outers[0]?.kill).toHaveBeenCalled();
    says.words = '';
    await expect(nurseries.start(forked)).rejects.toMatchObject({
      detail: 'its modules took more than 64 MiB (BRIG_TEMPLATE_MEMORY_MB)',
    });
    await vi.waitFor(() => expect([given.size, leaves]).toEqual([0, []]));
  });

  it('are replaced after a number of jails, without a gap, and end with their last jail', async () => {
    const { nurseries, outers, startTemplate } = open();
    for (let turn = 0; turn < 3; turn += 1) await nurseries.start(forked);
    expect(startTemplate).toHaveBeenCalledOnce();
    const loading = Promise.withResolvers<string>();
    startTemplate.mockImplementationOnce(async () => ({
      ...(await startTemplate()),
      words: loading.promise,
    }));
    await nurseries.start(forked);
    expect(outers[0]?.jails).toHaveLength(4);
    loading.resolve('ready');
    await vi.waitFor(async () => {
      await nurseries.start(forked);
      expect(outers.at(-1)?.jails.length).toBeGreaterThan(0);
    });
    expect(outers[0]?.kill).not.toHaveBeenCalled();
    for (const log of outers[0]?.jails ?? []) log.resolve('');
    await vi.waitFor(() => expect(outers[0]?.kill).toHaveBeenCalled());
    await nurseries.close();
  });

  it('make no more than twice their jails, even where the next one does not come', async () => {
    const { nurseries, outers, says } = open();
    for (let turn = 0; turn < 3; turn += 1) await nurseries.start(forked);
    says.words = 'ImportError: gone';
    for (let turn = 0; turn < 3; turn += 1) await nurseries.start(forked);
    await expect(nurseries.start(forked)).rejects.toMatchObject({ detail: 'ImportError: gone' });
    expect(outers[0]?.jails).toHaveLength(6);
    says.words = 'ready';
    await nurseries.start(forked);
    expect(outers[0]?.jails).toHaveLength(6);
    await nurseries.close();
  });
});
