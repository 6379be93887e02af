import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicies } from '../scripts/lib/call-numbers.ts';
import { composeFile, jailFileNames } from '../scripts/lib/jail-files.ts';
import { parseConfig, toLimitPolicy } from '../src/config.ts';
import { complainAboutRoot } from '../src/core/allowed-root.ts';
import { packageRoot } from '../src/paths.ts';
import { textFiles } from '../src/sandbox/nsjail/image/etc-files.ts';
import { jailFiles, jailKinds, OWN_PROCESSES, variedConfigs } from '../src/sandbox/nsjail/kinds.ts';
import { jailKindNames } from '../src/sandbox/jail-kind.ts';
import { CONFIG_DISK_MB, CONFIG_OPEN_FILES, planJail } from '../src/sandbox/nsjail/plan.ts';
import { findUnexplained, readConfigLimits } from './support/config-limits.ts';

const { defaults, ceilings } = toLimitPolicy(parseConfig({}));
const policies = readPolicies();
it('every part of a jail file makes the file that is checked in', () => {
  expect(jailFileNames.toSorted()).toEqual(
    [
      ...new Set(Object.values(jailKinds).map(({ config }) => `${config}.cfg`)),
      ...jailKindNames.map((kind) => `${kind}.kafel`),
      ...variedConfigs.flatMap((config) =>
        ['-rlimit', '-terminals', '-rlimit-terminals'].map((variant) => `${config}${variant}.cfg`),
      ),
      'nursery.cfg',
      'nursery-shared.cfg',
      'template.cfg',
      'template-shared.cfg',
    ].toSorted(),
  );
  for (const name of jailFileNames) {
    const checkedIn = readFileSync(join(packageRoot, 'nsjail', name), 'utf8');
    expect(checkedIn, `nsjail/${name}: run node scripts/lib/jail-files.ts`).toBe(composeFile(name));
  }
});

/** The folder of names is mounted as a whole, so that a jail with a network can have another. */
const ownFiles = Object.keys(textFiles).map((file) => (file === 'etc/names/hosts' ? 'etc/names' : file));

it.each(ownFiles)('a rooted jail has /%s of the image, and no directory in its place', (file) => {
  expect(readFileSync(jailFiles('rooted').config, 'utf8')).toContain(
    `dst: "/${file}" is_bind: true rw: false`,
  );
  expect(complainAboutRoot(`/${file}`)).toContain("the jail's own");
});

describe.each(jailKindNames)('the config of a jail of the kind %s', (kind) => {
  const config = readFileSync(jailFiles(kind).config, 'utf8');

  it('mounts /work and /tmp in the size that disk_mb is by default', () => {
    const { mounts } = readConfigLimits(config);
    expect(CONFIG_DISK_MB).toBe(defaults.disk_mb);
    expect(mounts.get('/work')?.mebibytes).toBe(defaults.disk_mb);
    expect(mounts.get('/tmp')?.mebibytes).toBe(defaults.disk_mb);
  });

  it('has the open files that open_files is by default', () => {
    expect(CONFIG_OPEN_FILES).toBe(defaults.open_files);
    expect(readConfigLimits(config).rlimits.get('nofile')).toBe(defaults.open_files);
  });

  it('bounds every file system in memory, in bytes and in inodes', () => {
    const tmpfs = config.split('\n').filter((line) => line.includes('fstype: "tmpfs"'));
    expect(tmpfs.length).toBeGreaterThan(0);
    expect(readConfigLimits(config).mounts.size).toBe(tmpfs.length);
  });

  it('bounds shared memory by its size where no cgroup counts it', () => {
    const uncounted = readFileSync(jailFiles(kind, { withoutCgroup: true }).config, 'utf8');
    for (const { mebibytes } of readConfigLimits(uncounted).mounts.values())
      expect(mebibytes).toBeLessThanOrEqual(defaults.disk_mb);
  });

  it('has no pseudo-terminals, whose work for a script no cgroup counts, but in a config for them', () => {
    for (const withoutCgroup of [false, true]) {
      const read = (withTerminals: boolean): string =>
        readFileSync(jailFiles(kind, { withoutCgroup, withTerminals }).config, 'utf8');
      expect(read(false)).not.toContain('devpts');
      expect(read(true).includes('devpts')).toBe(
        variedConfigs.some((name) => name === jailKinds[kind].config),
      );
    }
  });

  it('never holds less than a request may ask for', () => {
    const { rlimits } = readConfigLimits(config);
    expect(rlimits.get('nproc')).toBeGreaterThan(ceilings.processes + OWN_PROCESSES);
    expect(rlimits.get('fsize')).toBeGreaterThanOrEqual(ceilings.disk_mb);
    const backStop = Number(/^time_limit: (\d+)$/m.exec(config)?.[1]);
    expect(backStop).toBeGreaterThan(ceilings.timeout);
  });

  it('makes a namespace of every kind, and keeps no capability', () => {
    for (const namespace of ['user', 'ns', 'pid', 'ipc', 'uts', 'cgroup', 'net']) {
      expect(config).toContain(`clone_new${namespace}: true`);
    }
    for (const name of ['keep_caps', 'disable_no_new_privs', 'skip_setsid', 'keep_env']) {
      expect(config).toContain(`${name}: false`);
    }
  });

  it('explains every statement', () => {
    expect(findUnexplained(config, '#')).toEqual([]);
  });
});

describe.each([...policies])('the filter of system calls of %s', (_, policy) => {
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

  it('has every group of the common part in use', () => {
    const groups = [...policy.matchAll(/^POLICY (\w+)/gm)].map(([, group]) => group);
    const used = [...policy.matchAll(/\bUSE (\w+)/g)].map(([, group]) => group);
    expect(new Set(used)).toEqual(new Set(groups));
  });
});

describe('the plan of a jail', () => {
  it.each(jailKindNames)('names config and filter of %s by absolute paths, the config first', (kind) => {
    const command = planJail({
      nsjail: '/nsjail',
      kind,
      limits: defaults,
      ids: { uid: 7, gid: 8, isSubordinate: false, isShared: false },
      interpreter: '/usr/bin/python3',
      preload: [],
      hasCgroup: true,
    });
    const { config, seccomp } = jailFiles(kind);
    expect(command.slice(0, 5)).toEqual(['/nsjail', '--config', config, '--seccomp_policy', seccomp]);
    expect(command).not.toContain('--keep_env');
  });
});
