import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/** Leaves a mark in every place that could outlive an execution, and reports which marks of others it found. */
const mark = `
import ctypes, os, socket, subprocess, sys, time
from multiprocessing import shared_memory
libc = ctypes.CDLL(None, use_errno=True)

def main(own):
    found = [f'process {p}' for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]
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
    found += [] if os.getpid() == 1 else ['pid']
    if libc.syscall(250, 11, -3, 0, 0) != -1: found.append('key ring')
    if os.fork() == 0:
        os.setsid()
        for d in range(3): os.close(d)
        time.sleep(60)
    return found
`;

describeInJail('leaks between executions', (arena) => {
  it('twenty executions in a row each find a fresh world', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await arena.result(mark, { args: [turn] }), `turn ${turn}`).toEqual([]);
    }
  });

  it('executions at once find nothing of each other', async () => {
    const turns = Array.from({ length: 6 }, (_, turn) => arena.result(mark, { args: [turn] }));
    expect(await Promise.all(turns)).toEqual([[], [], [], [], [], []]);
  });

  it('files of a script end with it, also open ones and those without a name', async () => {
    const script =
      "import os\ndef main():\n    found = sorted(os.listdir('/work')) + sorted(os.listdir('/tmp'))\n    open('/tmp/x', 'w').write('x' * 10**6); os.open('/work', os.O_TMPFILE | os.O_RDWR)\n    return [found, os.statvfs('/tmp').f_bfree == os.statvfs('/tmp').f_blocks]";
    for (let turn = 0; turn < 3; turn += 1) expect(await arena.result(script)).toEqual([[], false]);
  });

  it('a byte code cache or a changed module of the standard library is not possible', async () => {
    const script =
      "import json, os\ndef main():\n    try:\n        open(json.__file__, 'a').write('x')\n    except OSError: return 'refused'\n    return 'written'";
    expect(await arena.result(script)).toBe('refused');
  });

  it('times of access are not recorded: no script sees what another one read', async () => {
    const script =
      "import os\ndef main():\n    before = os.stat('/etc/passwd').st_atime_ns\n    open('/etc/passwd').read()\n    return [before, os.stat('/etc/passwd').st_atime_ns]";
    const first = (await arena.result(script)) as number[];
    const second = (await arena.result(script)) as number[];
    expect(second).toEqual(first);
  });

  it('environment, arguments and input of one execution are gone in the next', async () => {
    const script =
      "import os, sys\ndef main(*a):\n    return [a, os.environ.get('SECRET'), sys.stdin.read(), 'SECRET' in open('/proc/self/environ').read()]";
    const first = await arena.result(script, { env: { SECRET: 's' }, stdin: 'in', args: [1] });
    expect(first).toEqual([[1], 's', 'in', false]);
    expect(await arena.result(script)).toEqual([[], null, '', false]);
  });

  it('two at once share no limit of the user: each gets all its processes', async () => {
    const script =
      'import os, time\ndef main():\n    n = 0\n    for _ in range(40):\n        if os.fork() == 0: time.sleep(5); os._exit(0)\n        n += 1\n    time.sleep(0.5)\n    return n';
    expect(await Promise.all([arena.result(script), arena.result(script)])).toEqual([40, 40]);
  });

  // The kernel counts these against the maker of a jail's user namespace as well: against root, on the host.
  it('inotify instances, of which root has 128 for everything, are not to be had', async () => {
    expect(await arena.attack('return [syscall(253), syscall(294, 0)]')).toEqual(['EMFILE', 'EMFILE']);
  });

  it.each([
    ['signals that queue', 'syscall(129, os.getpid(), 40, (ctypes.c_int * 32)(40, 0, -1))'],
    ['signals by kill', 'attempt(os.kill, os.getpid(), 40)'],
    ['timers', 'syscall(222, 1, None, ctypes.byref(ctypes.c_int()))'],
  ])("%s: one jail takes a thousand at most of the host's root's", async (_why, call) => {
    const lines = `
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {40})
libc.prlimit(0, 11, (ctypes.c_ulong * 2)(10**6, 10**6), None)
for _ in range(5000): ${call}
return int(open('/proc/self/status').read().split('SigQ:')[1].split('/')[0])`;
    expect(await arena.attack(lines)).toBeLessThanOrEqual(1024);
  });
});
