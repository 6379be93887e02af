import { describe, expect, it } from 'vitest';
import { parseCgroupMounts } from './mounts.ts';

describe('parseCgroupMounts', () => {
  it('reads v1 hierarchies, mounted together or alone', () => {
    const mountinfo = [
      '30 29 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '31 29 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct',
      '32 29 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
      '33 29 0:29 / /tmp rw - tmpfs tmpfs rw',
    ].join('\n');
    expect(
      parseCgroupMounts(mountinfo, '8:memory:/a/b\n2:cpu,cpuacct:/c\n1:name=systemd:/d\n0::/\n'),
    ).toEqual([
      { version: 1, point: '/sys/fs/cgroup/memory', controllers: ['memory'], own: '/a/b' },
      { version: 1, point: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'], own: '/c' },
      { version: 1, point: '/sys/fs/cgroup/systemd', controllers: [], own: '/' },
    ]);
  });

  it('reads v2, and the part of it that a container sees', () => {
    const mountinfo = '30 29 0:26 /machine/one /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw,nsdelegate';
    expect(parseCgroupMounts(mountinfo, '0::/machine/one/app\n')).toEqual([
      { version: 2, point: '/sys/fs/cgroup', controllers: [], own: '/app' },
    ]);
    expect(parseCgroupMounts(mountinfo, '0::/machine/one\n')[0]?.own).toBe('/');
    expect(parseCgroupMounts(mountinfo, '0::/../elsewhere\n')[0]?.own).toBe('/');
  });

  it('unescapes a mount point with a space in it', () => {
    expect(
      parseCgroupMounts(String.raw`1 2 0:1 / /my\040groups rw - cgroup2 none rw`, '0::/\n')[0]?.point,
    ).toBe('/my groups');
  });
});
