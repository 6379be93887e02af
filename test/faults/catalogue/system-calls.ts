import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { signal, type Arena } from '../arena.ts';
import type { Fault, Seen } from '../fault.ts';

/**
 * Lets system calls of a process and of what it starts fail or take long, as strace(1) does it, while callers call. No jail
 * waits: each call has one started, with the fault in it.
 */
const injected = (who: 'service' | 'starter', what: string, inject: string, group: string): Fault => ({
  name: `${inject.replace(/:when=.*/, '')}: ${who}`,
  group,
  what,
  needs: ['root', 'cgroup', 'strace'],
  settings: { BRIG_MAX_WARM_JAILS: '0' },
  strike: async (arena) => {
    const pid = who === 'service' ? arena.service.pid : await arena.helper('starter');
    const strace = spawn(
      'strace',
      ['-f', '-p', String(pid), '-e', `trace=${inject.split(':')[0]}`, '-e', `inject=${inject}`],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = once(strace, 'exit');
    const lines = createInterface(strace.stderr);
    await once(lines, 'line');
    let wasInjected = false;
    lines.on('line', (line) => (wasInjected ||= line.includes('INJECTED') || line.includes('DELAYED')));
    let seen: readonly Seen[] = [];
    try {
      seen = await callTwice(arena);
    } finally {
      signal(strace.pid ?? 0, 'SIGINT');
      await ended;
    }
    if (!wasInjected) throw new Error('nobody made the system call');
    return seen;
  },
});

const callTwice = async (arena: Arena): Promise<readonly Seen[]> => [
  await arena.trivial(),
  await arena.trivial(),
];

const failing = (call: string, error: string): Fault =>
  injected(
    'starter',
    `${call} fails with ${error} in the starter, nsjail and the jail`,
    `${call}:error=${error}`,
    'system calls that fail',
  );

/** What makes a jail: where one of them fails, nothing may run. */
const isolating = [
  'clone',
  'mount',
  'pivot_root',
  'umount2',
  'sethostname',
  'setresuid',
  'setresgid',
  'setsid',
  'prctl',
  'capset',
  'prlimit64',
];

export const systemCallFaults: readonly Fault[] = [
  failing('pipe2', 'EMFILE'),
  failing('memfd_create', 'ENOMEM'),
  failing('dup2', 'EMFILE'),
  failing('execve', 'ENOMEM'),
  ...isolating.map((call) => failing(call, 'EPERM')),
  failing('mount', 'ENOMEM'),
  injected(
    'service',
    'fsync and rename of the service take half a second',
    'fsync,fdatasync,rename:delay_enter=500000',
    'a slow disk',
  ),
  injected('service', 'opening any file takes the service 20 ms', 'openat:delay_enter=20000', 'a slow disk'),
  injected('service', 'making a cgroup fails with ENOSPC', 'mkdir:error=ENOSPC', 'system calls that fail'),
];
