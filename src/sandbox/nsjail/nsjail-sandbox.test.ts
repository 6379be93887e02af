import { describe, expect, it, vi } from 'vitest';
import type { NsjailHost } from './host.ts';
import { createNsjailSandbox } from './nsjail-sandbox.ts';

const limits = {
  ...{ timeout: 10, cpu_time: 10, cpus: 1, memory_mb: 64, processes: 64 },
  ...{ output_bytes: 1000, disk_mb: 64, open_files: 256 },
};
const ids = { uid: 1, gid: 1, isSubordinate: false, isShared: false };

/** Returns a sandbox on a host of which one part fails, and a list of everything that was given back. */
function prepare(failing: 'devices' | 'leaf' | 'starter') {
  const returned: string[] = [];
  const give = <T>(part: typeof failing, value: T): T => {
    if (part === failing) throw new Error(`planted: ${part}`);
    return value;
  };
  const leaf = { joinFiles: [], remove: async () => void returned.push('leaf') };
  const host = {
    nsjail: process.execPath,
    enforcement: {},
    nameJail: () => 'one',
    ids: { kind: 'own-id', take: () => ids, giveBack: () => void returned.push('ids') },
    devices: { take: async () => give('devices', '/dev'), giveBack: () => void returned.push('devices') },
    tree: { createLeaf: () => give('leaf', leaf) },
    starter: { start: async () => give('starter', undefined) },
  } as unknown as NsjailHost;
  const interpreter = { executable: '/usr/bin/python3', prefix: '/usr', stdlib: '/usr/lib/python3.11' };
  const image = { folder: '/nonexistent/image', interpreter } as never;
  return {
    returned,
    sandbox: createNsjailSandbox(host, { kind: 'python', isolation: 'nsjail', image, caps: {} as never }),
  };
}

describe('a start that fails', () => {
  it.each([
    ['devices', 'No cgroup or device nodes could be made for an execution.', ['ids']],
    ['leaf', 'No cgroup or device nodes could be made for an execution.', ['devices', 'ids']],
    ['starter', 'planted: starter', ['leaf', 'devices', 'ids']],
  ] as const)('gives everything back: %s', async (failing, message, expected) => {
    const { returned, sandbox } = prepare(failing);
    await expect(sandbox.lease(limits)).rejects.toThrow(message);
    expect(returned).toEqual(expected);
    await sandbox.close();
  });

  it('gives everything back where the command cannot be planned', async () => {
    const { returned, sandbox } = prepare('starter');
    const broken = { ...limits };
    Object.defineProperty(broken, 'disk_mb', {
      get: vi.fn(() => {
        throw new Error('planted: plan');
      }),
      enumerable: false,
    });
    await expect(sandbox.lease(broken)).rejects.toThrow('planted: plan');
    expect(returned).toEqual(['leaf', 'devices', 'ids']);
  });
});
