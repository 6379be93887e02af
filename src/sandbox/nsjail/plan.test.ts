import { describe, expect, it } from 'vitest';
import { planJail, type JailPlanInput } from './plan.ts';

const input: JailPlanInput = {
  nsjail: '/bin/nsjail',
  kind: 'python',
  limits: {
    timeout: 1.5,
    cpu_time: 1.2,
    memory_mb: 256,
    cpus: 1,
    processes: 8,
    output_bytes: 1,
    disk_mb: 64,
    open_files: 256,
  },
  ids: { uid: 1_900_000_000, gid: 1_900_000_000, isSubordinate: false, isShared: false },
  interpreter: '/usr/bin/python3.11',
  preload: [],
  hasCgroup: false,
};

const flag = (command: readonly string[], name: string): string | undefined =>
  command[command.indexOf(name) + 1];

const configOf = (changes: Partial<JailPlanInput>): string | undefined =>
  flag(planJail({ ...input, ...changes }), '--config');

describe('planJail', () => {
  it('gives --config first: nsjail discards what comes before it', () => {
    expect(planJail(input).slice(0, 2)).toEqual(['/bin/nsjail', '--config']);
  });

  it('never maps root', () => {
    expect(flag(planJail(input), '--user')).toBe('65534:1900000000:1');
    expect(flag(planJail(input), '--group')).toBe('65534:1900000000:1');
  });

  it('leaves to the cgroup what a cgroup bounds', () => {
    expect(planJail({ ...input, hasCgroup: true })).not.toContain('--rlimit_as');
  });

  it('bounds each process where there is no cgroup', () => {
    const command = planJail(input);
    expect(flag(command, '--rlimit_as')).toBe('320');
    expect(flag(command, '--rlimit_cpu')).toBe('2');
    expect(flag(command, '--rlimit_nproc')).toBe('9');
  });

  it('has newuidmap write the map of subordinate ids', () => {
    const command = planJail({ ...input, ids: { ...input.ids, isSubordinate: true } });
    expect(flag(command, '--uid_mapping')).toBe('65534:1900000000:1');
    expect(flag(command, '--gid_mapping')).toBe('65534:1900000000:1');
    expect(command).not.toContain('--user');
  });

  it('gives pseudo-terminals only where they are on', () => {
    expect(configOf({ hasCgroup: true })).toMatch(/\/python\.cfg$/);
    expect(configOf({ hasCgroup: true, hasTerminals: true })).toMatch(/\/python-terminals\.cfg$/);
    expect(configOf({ hasTerminals: true })).toMatch(/\/python-rlimit-terminals\.cfg$/);
  });

  it('gives no epoll to a user whose watches the service needs', () => {
    const ids = { ...input.ids, isShared: true };
    expect(flag(planJail({ ...input, ids }), '--seccomp_string')).toMatch(/^USE no_epoll, /m);
    expect(flag(planJail(input), '--seccomp_policy')).toMatch(/\/python\.kafel$/);
  });

  it('leaves epoll to a compiler that cannot do without', () => {
    const ids = { ...input.ids, isShared: true };
    const compiler = { ...input, ids, kind: 'compiler' as const };
    const command = (keepsEpoll: boolean) => planJail({ ...compiler, keepsEpoll });
    expect(flag(command(true), '--seccomp_policy')).toMatch(/\/compiler\.kafel$/);
    expect(flag(command(false), '--seccomp_string')).toMatch(/^USE no_epoll, /m);
  });

  it('bounds open files otherwise only for another number', () => {
    expect(planJail(input)).not.toContain('--rlimit_nofile');
    const command = planJail({ ...input, limits: { ...input.limits, open_files: 1024 } });
    expect(flag(command, '--rlimit_nofile')).toBe('1024');
  });

  it('mounts another working directory only for another size', () => {
    expect(planJail(input)).not.toContain('--mount');
    const command = planJail({ ...input, limits: { ...input.limits, disk_mb: 5 } });
    expect(command).toContain('none:/work:tmpfs:size=5m,nr_inodes=8192,mode=0755');
    expect(command).toContain('none:/tmp:tmpfs:size=5m,nr_inodes=8192,mode=1777');
  });
});
