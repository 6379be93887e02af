import { describe, expect, it } from 'vitest';
import { runtimeNames } from '../core/contract/runtimes.ts';
import type { NsjailHost } from '../sandbox/nsjail/host.ts';
import type { IdKind } from '../sandbox/nsjail/ids.ts';
import { probeLimits } from '../sandbox/probe/attacks.ts';
import { supplyJails } from '../supply/jail-supply.ts';
import { openRuntimes } from './open-runtimes.ts';

const notHere = (): Promise<never> => Promise.reject(new Error('not here'));
const none = '/nonexistent/tool';

/** Returns the reason why each runtime is missing, on a host with a cgroup and without any toolchain. */
async function reasonsWith(kind: IdKind, acceptsSharedIds = false): Promise<Record<string, string>> {
  const runtimes = openRuntimes({
    offered: runtimeNames,
    paths: { node: none, deno: none, bun: none, go: none, rust: none },
    python: none,
    environments: () => [],
    programFolder: none,
    programBytes: 0,
    acceptsSharedIds,
    host: () => ({ tree: {}, ids: { kind } }) as unknown as NsjailHost,
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
    expect(await reasonsWith('shared-id')).toMatchObject({
      ...{ node: epoll, deno: epoll, bun: epoll, go: epoll },
      ...{ python: other, rust: other },
    });
  });

  it('are there where the operator accepts it, and where jails have ids of their own', async () => {
    const all = { node: other, deno: other, bun: other, go: other, rust: other, python: other };
    expect(await reasonsWith('shared-id', true)).toMatchObject(all);
    expect(await reasonsWith('subordinate-id')).toMatchObject(all);
  });
});
