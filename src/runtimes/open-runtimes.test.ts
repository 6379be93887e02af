import { describe, expect, it } from 'vitest';
import { runtimeNames } from '../core/contract/runtimes.ts';
import { probeLimits } from '../sandbox/probe/attacks.ts';
import { supplyJails } from '../supply/jail-supply.ts';
import { openRuntimes } from './open-runtimes.ts';

const notHere = (): Promise<never> => Promise.reject(new Error('not here'));
const none = '/nonexistent/tool';

/** Returns the reason why each runtime is missing, on a host with a cgroup and without any toolchain. */
async function reasonsWith(sharesIds: boolean, acceptsSharedIds = false): Promise<Record<string, string>> {
  const runtimes = openRuntimes({
    offered: runtimeNames,
    paths: { node: none, deno: none, bun: none, go: none, rust: none },
    interpreter: none,
    python: { phase: () => 'ready' },
    environments: () => [],
    programFolder: none,
    programBytes: 0,
    acceptsSharedIds,
    bounds: () => ({ hasCgroup: true, sharesIds }),
    defaults: probeLimits,
    warm: undefined,
    supply: () => supplyJails({ open: notHere, probe: notHere, retry: 'request' }),
  });
  const reports = await runtimes.report();
  return Object.fromEntries(reports.map(({ name, reason = '' }) => [name, reason]));
}

const jailsThat = (open: () => Promise<never>) => supplyJails({ open, probe: notHere, retry: 'request' });

describe('prepare', () => {
  const options = {
    offered: ['python', 'node', 'deno'] as const,
    paths: { node: process.execPath, deno: none, bun: none, go: none, rust: none },
    ...{ interpreter: none, environments: () => [], programFolder: none, programBytes: 0 },
    ...{ acceptsSharedIds: true, bounds: () => ({ hasCgroup: true, sharesIds: false }) },
    ...{ defaults: probeLimits, warm: undefined },
  };

  it('opens one runtime after the other, and says how far each is', async () => {
    const opening = Promise.withResolvers<never>();
    const isReached = Promise.withResolvers<void>();
    const runtimes = openRuntimes({
      ...options,
      python: { phase: () => 'ready' },
      supply: () =>
        jailsThat(() => {
          isReached.resolve();
          return opening.promise;
        }),
    });
    expect(runtimes.readiness()).toEqual({ python: 'ready', node: 'waiting', deno: 'waiting' });
    const preparing = runtimes.prepare(new AbortController().signal);
    await isReached.promise;
    expect(runtimes.readiness()).toEqual({ python: 'ready', node: 'preparing', deno: 'waiting' });
    opening.reject(new Error('no image'));
    await preparing;
    expect(runtimes.readiness()).toEqual({ python: 'ready', node: 'failed', deno: 'missing' });
    const reports = await runtimes.report();
    expect(reports.map(({ name, readiness }) => [name, readiness])).toEqual([
      ...[
        ['python', 'missing'],
        ['node', 'failed'],
      ],
      ['deno', 'missing'],
    ]);
  });

  it('begins nothing once it was told to stop', async () => {
    const runtimes = openRuntimes({
      ...{ ...options, python: { phase: () => 'opening' }, supply: () => jailsThat(notHere) },
    });
    await runtimes.prepare(AbortSignal.abort());
    expect(runtimes.readiness()).toEqual({ python: 'preparing', node: 'waiting', deno: 'waiting' });
  });
});

const epoll = expect.stringContaining('epoll') as unknown;
const other = expect.not.stringContaining('epoll') as unknown;

describe('runtimes where jails have the id of the service', () => {
  it('are refused where their programs need epoll', async () => {
    expect(await reasonsWith(true)).toMatchObject({
      ...{ node: epoll, deno: epoll, bun: epoll, go: epoll },
      ...{ python: other, rust: other },
    });
  });

  it('are there where the operator accepts it, and where jails have ids of their own', async () => {
    const all = { node: other, deno: other, bun: other, go: other, rust: other, python: other };
    expect(await reasonsWith(true, true)).toMatchObject(all);
    expect(await reasonsWith(false)).toMatchObject(all);
  });
});
