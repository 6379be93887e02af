import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';

const doctor = join(packageRoot, 'scripts', 'doctor');

/** Runs it as root in namespaces of its own, after a change to them. */
async function examine(change: string, ...namespaces: string[]) {
  const script = `${change}\nexec ${doctor}`;
  const { stdout, stderr, exitCode } = await execa('unshare', [...namespaces, 'sh', '-c', script], {
    reject: false,
  });
  expect(stderr).toBe('');
  return { lines: stdout.split('\n'), exitCode };
}

it('finds nothing missing where these tests run', async () => {
  const { lines, exitCode } = await examine('true', '--mount');
  expect(lines.filter((line) => line.startsWith('missing'))).toEqual([]);
  expect([exitCode, lines.at(-1)]).toEqual([0, 'Nothing is missing: ./scripts/start']);
  expect(lines.length).toBeGreaterThan(9);
});

it.each([
  [
    'user namespaces',
    'echo 0 >/proc/sys/user/max_user_namespaces',
    ['--user', '--map-root-user'],
    'missing  user namespaces: none may be made',
    'sysctl user.max_user_namespaces=15000',
  ],
  [
    'network namespaces',
    'echo 0 >/proc/sys/user/max_net_namespaces',
    ['--user', '--map-root-user'],
    'missing  network, IPC, name or cgroup namespaces',
    'sysctl user.max_net_namespaces=15000',
  ],
  [
    'a whole /proc',
    'mount -t tmpfs none /proc/sys/fs',
    ['--mount'],
    'missing  a /proc for each jail: parts of that of this machine are covered',
    '',
  ],
  ['a writable cgroup', 'mount -t tmpfs -o ro none /sys/fs/cgroup', ['--mount'], /^missing {2}.*cgroup/, ''],
] as const)('says how to mend a machine without %s', async (_, change, namespaces, line, remedy) => {
  const { lines, exitCode } = await examine(change, ...namespaces);
  expect(exitCode).toBe(1);
  const place = lines.findIndex((one) => (typeof line === 'string' ? one === line : line.test(one)));
  expect(place, lines.join('\n')).toBeGreaterThanOrEqual(0);
  expect(lines[place + 1]).toMatch(/^ {9}mend: /);
  expect(lines[place + 1]).toContain(remedy);
});

it('names programs that are missing', async () => {
  const { stdout, exitCode } = await execa('/bin/sh', [doctor], {
    env: { PATH: '/nowhere' },
    extendEnv: false,
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('missing  Node.js 20 or later, with npm');
  expect(stdout).toContain('missing  CPython 3.11 or later');
});
