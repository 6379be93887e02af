import type { Answer, Attack, Complaint, RequestBody } from '../attack.ts';
import { returns, returnsAtMost } from '../expectations.ts';
import { lines } from '../python.ts';

/** Leaves a mark in every place that could outlive an execution, and reports which marks of others it found. */
const mark = `
import ctypes, os, socket, subprocess, sys, time
from multiprocessing import shared_memory
libc = ctypes.CDLL(None, use_errno=True)

def main(own):
    found = [f'process {p}' for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]
    # The last one is there where the interpreter lies below it.
    for folder in filter(os.path.isdir, ('/work', '/tmp', '/dev/shm', '/opt/brig', '/usr/lib', '/usr/local/lib')):
        found += [f'{folder}/{n}' for n in os.listdir(folder) if n.startswith('mark')]
        try:
            open(f'{folder}/mark-{own}', 'w').close()
        except OSError:
            pass
    found += [n for n in os.environ if n.startswith('MARK')]
    os.environ[f'MARK_{own}'] = 'x'
    found += [n for n in sys.modules if n.startswith('mark')]
    sys.modules[f'mark_{own}'] = sys
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        held = socket.socket(socket.AF_UNIX, kind)
        try:
            held.bind('\\0mark')
        except OSError:
            found.append('abstract socket')
        globals().setdefault('kept', []).append(held)
    port = socket.socket()
    try:
        port.bind(('127.0.0.1', 4711)); port.listen()
    except OSError:
        found.append('port')
    kept.append(port)
    try:
        shared_memory.SharedMemory('mark', create=True, size=4096)
    except FileExistsError:
        found.append('shared memory')
    found += [] if os.getpid() == 2 else ['pid']
    if libc.syscall(250, 11, -3, 0, 0) != -1: found.append('key ring')
    if os.fork() == 0:
        os.setsid()
        for d in range(3): os.close(d)
        time.sleep(60)
    return found
`;

/** A busy machine is no breach. */
const limits = { timeout: 60 };

type Execute = (body: RequestBody) => Promise<Answer>;

const firstOf = (complaints: readonly Complaint[]): Complaint => complaints.find((one) => one !== undefined);

async function oneAfterTheOther(execute: Execute): Promise<Complaint> {
  for (let turn = 0; turn < 20; turn += 1) {
    const complaint = returns([])(await execute({ script: mark, args: [turn], limits }));
    if (complaint !== undefined) return `turn ${turn} ${complaint}`;
  }
  return undefined;
}

async function atOnce(execute: Execute): Promise<Complaint> {
  const turns = Array.from({ length: 6 }, (_, turn) => execute({ script: mark, args: [turn], limits }));
  return firstOf((await Promise.all(turns)).map(returns([])));
}

/** Two in a row: what the second one sees of the first. */
const inTurn =
  (first: RequestBody, second: RequestBody, expected: unknown) =>
  async (execute: Execute): Promise<Complaint> => {
    await execute(first);
    return returns(expected)(await execute(second));
  };

/** The harness puts a list of fonts beside the packages of an environment that has matplotlib. */
const remnants =
  "import os\ndef main():\n    found = sorted({*os.listdir('/work'), *os.listdir('/tmp')} - {'.matplotlib', 'script.py'})\n    open('/tmp/x', 'w').write('x' * 10**6); os.open('/work', os.O_TMPFILE | os.O_RDWR)\n    return [found, os.statvfs('/tmp').f_bfree == os.statvfs('/tmp').f_blocks]";
const given =
  "import os, sys\ndef main(*a):\n    return [a, os.environ.get('SECRET'), sys.stdin.read(), 'SECRET' in open('/proc/self/environ').read()]";

async function accessTimes(execute: Execute): Promise<Complaint> {
  const script =
    "import os\ndef main():\n    before = os.stat('/etc/passwd').st_atime_ns\n    open('/etc/passwd').read()\n    return [str(before), str(os.stat('/etc/passwd').st_atime_ns)]";
  const first = await execute({ script });
  return returns(first.body.result)(await execute({ script }));
}

async function allProcesses(execute: Execute): Promise<Complaint> {
  const script =
    'import os, time\ndef main():\n    n = 0\n    for _ in range(40):\n        if os.fork() == 0: time.sleep(50); os._exit(0)\n        n += 1\n    time.sleep(0.5)\n    return n';
  return firstOf(
    (await Promise.all([execute({ script, limits }), execute({ script, limits })])).map(returns(40)),
  );
}

const ECONNREFUSED = 111;

async function socketsOfAnother(execute: Execute): Promise<Complaint> {
  const serve =
    "import socket\ndef main():\n    s = socket.socket(socket.AF_UNIX); s.bind('\\0neighbour'); s.listen(); s.settimeout(2)\n    try:\n        s.accept(); return 'reached'\n    except TimeoutError:\n        return 'alone'";
  const reach =
    "import socket, time\ndef main():\n    for _ in range(12):\n        try:\n            socket.socket(socket.AF_UNIX).connect('\\0neighbour'); return 'connected'\n        except OSError as error: said = error.errno\n        time.sleep(0.1)\n    return said";
  const [served, reached] = await Promise.all([execute({ script: serve }), execute({ script: reach })]);
  return returns('alone')(served) ?? returns(ECONNREFUSED)(reached);
}

const staged = (title: string, play: (execute: Execute) => Promise<Complaint>): Attack => ({
  kind: 'staged',
  title,
  runtime: 'python',
  play,
});

const pending: readonly (readonly [title: string, call: string])[] = [
  ['signals that queue', 'syscall(129, os.getpid(), 40, (ctypes.c_int * 32)(40, 0, -1))'],
  ['signals by kill', 'attempt(os.kill, os.getpid(), 40)'],
  ['timers', 'syscall(222, 1, None, ctypes.byref(ctypes.c_int()))'],
];

const countPending = (call: string): string => `
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {40})
libc.prlimit(0, 11, (ctypes.c_ulong * 2)(10**6, 10**6), None)
for _ in range(5000): ${call}
return int(open('/proc/self/status').read().split('SigQ:')[1].split('/')[0])`;

export const leaks: readonly Attack[] = [
  staged('marks of twenty executions in a row', oneAfterTheOther),
  staged('marks of executions at once', atOnce),
  staged('files of the one before', inTurn({ script: remnants }, { script: remnants }, [[], false])),
  staged(
    'environment, arguments and input of the one before',
    inTurn({ script: given, env: { SECRET: 's' }, stdin: 'in', args: [1] }, { script: given }, [
      [],
      null,
      '',
      false,
    ]),
  ),
  staged('times of access: what another script read', accessTimes),
  staged('processes that a neighbour has', allProcesses),
  staged('an abstract unix socket of a neighbour', socketsOfAnother),
  lines(
    'a changed module of the standard library',
    "import json\ntry:\n    open(json.__file__, 'a').write('x')\nexcept OSError: return 'refused'\nreturn 'written'",
    returns('refused'),
  ),
  // The kernel counts these against the maker of a jail's user namespace as well: against root, on the host.
  lines(
    'inotify instances of the host',
    'return [syscall(253), syscall(294, 0)]',
    returns(['EMFILE', 'EMFILE']),
  ),
  ...pending.map(([title, call]) =>
    lines(`thousands of ${title}, of the host's own`, countPending(call), returnsAtMost(1024), {
      fields: { limits },
    }),
  ),
];
