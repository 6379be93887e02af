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
    python: none,
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
