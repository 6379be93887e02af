import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Arena } from '../arena.ts';
import { judge, type Fault, type Seen } from '../fault.ts';
import { buildToy, onTmpfs } from '../toy-environment.ts';

interface Injection {
  readonly who: 'service' | 'starter';
  readonly what: string;
  /** As strace(1) takes it: the calls, a colon, what becomes of them. */
  readonly inject: string;
  readonly group: string;
  /** Requests of callers meanwhile; two trivial scripts by default. */
  readonly act?: (arena: Arena) => Promise<readonly Seen[]>;
  readonly prepare?: Fault['prepare'];
}

/**
 * Lets system calls of a process and of what it starts fail or take long, as strace(1) does it, while callers call. No jail
 * waits: each call has one started, with the fault in it.
 */
const injected = ({ who, what, inject, group, act = callTwice, prepare }: Injection): Fault => ({
  name: `${inject}: ${who}`,
  group,
  what,
  needs: ['root', 'cgroup', 'strace'],
  settings: { BRIG_MAX_WARM_JAILS: '0' },
  ...(prepare && { prepare }),
  strike: async (arena) => {
    const pid = who === 'service' ? arena.service.pid : await arena.helper('starter');
    const [calls = ''] = inject.split(':');
    const strace = spawn(
      'strace',
      ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-e', `inject=${inject}`],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const ended = once(strace, 'exit');
    const lines = createInterface(strace.stderr);
    let count = 0;
    lines.on('line', (line) => (count += /\((?:INJECTED|DELAYED)\)$/.test(line) ? 1 : 0));
    await Promise.race([once(lines, 'line'), ended]);
    if (strace.exitCode !== null) throw new Error('strace could not be attached');
    let seen: readonly Seen[] = [];
    try {
      seen = await act(arena);
    } finally {
      strace.kill('SIGINT');
      await ended;
    }
    if (count === 0) throw new Error('nobody made the system call');
    return { seen, proof: `${count} ${inject.includes('delay') ? 'delayed' : 'failed'}` };
  },
});

const callTwice = async (arena: Arena): Promise<readonly Seen[]> => [
  await arena.trivial(),
  await arena.trivial(),
];

const failures = 'system calls that fail';
const slow = 'a slow disk';

const failing = (call: string, error: string): Fault =>
  injected({
    who: 'starter',
    what: `${call} fails with ${error} in the starter, nsjail and the jail`,
    inject: `${call}:error=${error}`,
    group: failures,
  });

/** System calls that make a jail: if one fails, nothing may run. */
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
  injected({
    who: 'service',
    what: 'making a cgroup fails with ENOSPC',
    inject: 'mkdir:error=ENOSPC',
    group: failures,
  }),
  injected({
    who: 'service',
    what: 'opening any file takes the service 20 ms',
    inject: 'openat:delay_enter=20000',
    group: slow,
  }),
  injected({
    who: 'service',
    what: 'syncing and renaming take half a second, while scripts run and an environment is built, used and removed',
    inject: 'fsync,fdatasync,syncfs,rename,renameat,renameat2:delay_enter=500000',
    group: slow,
    act: async (arena) => {
      const building = buildToy(arena);
      const meanwhile = await callTwice(arena);
      const built = await building;
      const gone = await arena.send({ method: 'DELETE', path: '/environments/toy' });
      return [...meanwhile, built, judge(gone, ({ status }) => status === 200)];
    },
    prepare: onTmpfs('400m'),
  }),
];
