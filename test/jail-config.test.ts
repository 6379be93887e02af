import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig, toLimitPolicy } from '../src/config.ts';
import { CONFIG_DISK_MB, nsjailFiles, planJail } from '../src/sandbox/nsjail/plan.ts';
import { findUnexplained, readConfigLimits } from './support/config-limits.ts';

const { defaults, ceilings } = toLimitPolicy(parseConfig({}));
const config = readFileSync(nsjailFiles.config, 'utf8');
const policy = readFileSync(nsjailFiles.seccomp, 'utf8');

describe('nsjail/python.cfg', () => {
  it('mounts /work and /tmp in the size that disk_mb is by default', () => {
    const { mounts } = readConfigLimits();
    expect(CONFIG_DISK_MB).toBe(defaults.disk_mb);
    expect(mounts.get('/work')?.mebibytes).toBe(defaults.disk_mb);
    expect(mounts.get('/tmp')?.mebibytes).toBe(defaults.disk_mb);
  });

  it('bounds every file system in memory, in bytes and in inodes', () => {
    const tmpfs = config.split('\n').filter((line) => line.includes('fstype: "tmpfs"'));
    expect(tmpfs.length).toBeGreaterThan(0);
    expect(readConfigLimits().mounts.size).toBe(tmpfs.length);
  });

  it('never holds less than a request may ask for', () => {
    const { rlimits } = readConfigLimits();
    expect(rlimits.get('nproc')).toBeGreaterThan(ceilings.processes);
    expect(rlimits.get('fsize')).toBeGreaterThanOrEqual(ceilings.disk_mb);
    const backStop = Number(/^time_limit: (\d+)$/m.exec(config)?.[1]);
    expect(backStop).toBeGreaterThan(ceilings.timeout);
  });

  it('makes a namespace of every kind, and keeps no capability', () => {
    for (const kind of ['user', 'ns', 'pid', 'ipc', 'uts', 'cgroup', 'net']) {
      expect(config).toContain(`clone_new${kind}: true`);
    }
    for (const name of ['keep_caps', 'disable_no_new_privs', 'skip_setsid', 'keep_env']) {
      expect(config).toContain(`${name}: false`);
    }
  });

  it('explains every statement', () => {
    expect(findUnexplained(config, '#')).toEqual([]);
  });
});

describe('nsjail/python.kafel', () => {
  it('explains every group of system calls', () => {
    const groups = policy.split(/^POLICY /m).slice(1);
    expect(groups.length).toBeGreaterThan(3);
    const silent = groups.filter((group) => !group.includes('//'));
    expect(silent.map((group) => group.split(' ')[0])).toEqual([]);
  });

  it('refuses by default, and kills nothing', () => {
    expect(policy.trimEnd()).toMatch(/DEFAULT ERRNO\(38\)$/);
    expect(policy).not.toMatch(/\bKILL|TRAP\b/);
  });
});

describe('the plan of a jail', () => {
  it('names config and filter by absolute paths, the config first', () => {
    const command = planJail({
      nsjail: '/nsjail',
      limits: defaults,
      ids: { uid: 7, gid: 8 },
      interpreter: '/usr/bin/python3',
      preload: [],
      hasCgroup: true,
      tether: [],
    });
    expect(command.slice(0, 5)).toEqual([
      '/nsjail',
      '--config',
      nsjailFiles.config,
      '--seccomp_policy',
      nsjailFiles.seccomp,
    ]);
    expect(command).not.toContain('--keep_env');
  });
});
