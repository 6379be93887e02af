import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasNursery, jailFiles } from '../kinds.ts';
import { jailKindNames } from '../../jail-kind.ts';
import { readJailConfig } from './read-config.ts';

const variants = [false, true].flatMap((withoutCgroup) =>
  [false, true].map((withTerminals) => ({ withoutCgroup, withTerminals })),
);

describe('readJailConfig', () => {
  it.each(jailKindNames.filter(hasNursery))('reads every config of the kind %s', (kind) => {
    for (const variant of variants) {
      const text = readFileSync(jailFiles(kind, variant).config, 'utf8');
      const { mounts, limits, variables, folder } = readJailConfig(text);
      expect(mounts).toHaveLength(text.match(/^mount \{/gm)?.length ?? -1);
      expect(variables).toHaveLength(text.match(/^envar:/gm)?.length ?? -1);
      const named = text.match(/^rlimit_(?!\w+_type: VALUE)/gm)?.length ?? -1;
      expect(limits.size).toBe(named);
      expect(folder).toBe('/work');
    }
  });

  it('reads mounts and limits in the units of the kernel', () => {
    const text = [
      'mount { prefix_src_env: "BRIG_DEVICES" src: "/null" dst: "/dev/null" is_bind: true rw: true nosuid: true }',
      'mount { dst: "/proc" fstype: "proc" options: "subset=pid" rw: false mandatory: false }',
      'rlimit_stack: 8',
      'rlimit_memlock: 64',
      'rlimit_as_type: INF',
      'envar: "A=b"',
    ].join('\n');
    const { mounts, limits, variables } = readJailConfig(text);
    expect(mounts[0]).toMatchObject({
      place: '/dev/null',
      source: { variable: 'BRIG_DEVICES', path: '/null' },
      isWritable: true,
    });
    expect(mounts[1]).toMatchObject({
      place: '/proc',
      type: 'proc',
      options: 'subset=pid',
      isNeeded: false,
      isNosuid: false,
    });
    expect([...limits]).toEqual([
      ['stack', 8 * 2 ** 20],
      ['memlock', 64 * 1024],
      ['as', Infinity],
    ]);
    expect(variables).toEqual(['A=b']);
  });

  it.each([
    'keep_caps: true',
    'clone_newnet: false',
    'cgroup_mem_max: 5',
    'rlimit_stack: 8x',
    'rlimit_as_type: SOFT',
    'mount { src: "/usr" dst: "/usr" is_bind: true }',
    'mount { dst: "/work" fstype: "tmpfs" is_symlink: true }',
    'mount { dst: "/work" dst: "/tmp" }',
    'mount { dst: "/work }',
  ])('refuses a line that no step would carry out: %s', (line) => {
    expect(() => readJailConfig(line)).toThrow('does not know this line');
  });
});
