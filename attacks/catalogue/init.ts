import type { Attack } from '../attack.ts';
import { answers, both, lastsAtMost, returns } from '../expectations.ts';
import { lines, script, tools } from '../python.ts';

/*
 * The init process of a Python jail is process 1: it has the user of the script, and tells the host which signal ended the
 * script. Nobody in the jail may look into it, end it, stop it, or speak for it.
 */

const crashed = (signal: number) => answers({ success: false, error: 'crashed', return_code: -signal });
const QUICK_MS = 4000;

/** Lines after which the script ends by a signal that the init process still tells. */
const thenSignal = (title: string, text: string, fields: Readonly<Record<string, unknown>> = {}): Attack =>
  lines(title, `${text}\nos.kill(os.getpid(), 15)`, both(crashed(15), lastsAtMost(QUICK_MS)), { fields });

const SAID = '[I][init] script ended by signal 09';
const STATUS = 137;
const exited = answers({ success: false, error: 'exited', return_code: STATUS });

const looks = `
import time
def look(name):
    path = '/proc/1/' + name
    for action in (open, os.listdir, os.readlink):
        said = attempt(lambda: action(path).read(1) if action is open else action(path))
        if said == 'ok': return name
names = ('mem', 'fd', 'fdinfo', 'environ', 'maps', 'smaps', 'pagemap', 'auxv', 'exe', 'cwd', 'root', 'ns/pid', 'map_files', 'syscall', 'stack', 'io', 'task/1/mem', 'task/1/fd', 'task/1/environ')
return [n for n in map(look, names) if n] + [n for n in names if attempt(open, '/proc/1/' + n, 'r+b') == 'ok']`;

const everySignal = `
import time
for s in range(1, 65):
    attempt(os.kill, 1, s)
    syscall(234, 1, 1, s)
    syscall(129, 1, s, (ctypes.c_int * 32)(s, 0, -1))
    attempt(lambda: __import__('signal').pidfd_send_signal(os.pidfd_open(1), s))
attempt(os.killpg, 1, 9)
time.sleep(0.05)
try: return open('/proc/1/stat').read().split()[2]
except FileNotFoundError: return 'S'`;

const seizures = `
return [syscall(101, 16, 1, 0, 0), syscall(101, 0x4206, 1, 0, 0), syscall(310, 1, None, 0, None, 0, 0), syscall(311, 1, None, 0, None, 0, 0),
    syscall(438, os.pidfd_open(1), 3, 0), syscall(312, os.getpid(), 1, 0, 0, 0), syscall(302, 1, 0, (ctypes.c_ulong * 2)(0, 0), None)]`;

export const init: readonly Attack[] = [
  lines('looking into process 1, and writing to it', looks, returns([])),
  lines('every signal to process 1, in every way', everySignal, returns('S')),
  lines('taking hold of process 1', seizures, returns(Array.from({ length: 7 }, () => 'EPERM'))),
  thenSignal(
    'limits of process 1 that leave it nothing',
    'for limit in range(16): syscall(302, 1, limit, (ctypes.c_ulong * 2)(0, 0), None)',
  ),
  thenSignal(
    'a process 1 that runs last',
    'attempt(os.setpriority, 0, 1, 19); attempt(os.sched_setscheduler, 1, 5, os.sched_param(0))\nfor _ in range(3):\n    if os.fork() == 0:\n        while True: pass',
  ),
  thenSignal('every descriptor closed, then a signal', 'os.closerange(0, 256)'),
  thenSignal(
    // Less than the frame is to have: a whole one would be a broken report.
    'a full channel, then a signal',
    "os.write(4, b'r\\0\\x7f\\xff\\xff'); os.set_blocking(4, False)\ntry:\n    for _ in range(100): os.write(4, bytes(65536))\nexcept OSError: pass",
  ),
  script(
    'children that fork as fast as they can, and a signal',
    `${tools}\ndef main():\n    for _ in range(3):\n        try: child = os.fork()\n        except OSError: break\n        while child == 0:\n            try: os.fork()\n            except OSError: pass\n    os.kill(os.getpid(), 15)`,
    both(crashed(15), lastsAtMost(QUICK_MS)),
    { fields: { limits: { processes: 20 } } },
  ),
  script(
    'a kill of everybody by a child',
    'import os, time\ndef main():\n    os.fork() or os.kill(-1, 9)\n    time.sleep(60)',
    crashed(9),
  ),
  script(
    'another program in place of the interpreter',
    "import os\ndef main(): os.execv('/bin/sh', ['sh', '-c', 'kill -9 $$'])",
    crashed(9),
  ),
  script(
    "the init process's words on every descriptor, and a status as after the signal",
    `import os\ndef main():\n    for d in range(256):\n        try: os.write(d, b'${SAID}\\n')\n        except OSError: pass\n    os._exit(${STATUS})`,
    // The channel takes them for a breach.
    answers({ success: false, error: 'exited' }),
  ),
  script(
    "the init process's words through its own descriptors",
    `import os\ndef main():\n    for p in (1, 2):\n        for d in (0, 1, 2, 3, 4) if p == 1 else (3,):\n            try: os.write(os.open(f'/proc/{p}/fd/{d}', os.O_WRONLY), b'${SAID}\\n')\n            except OSError: pass\n    os._exit(${STATUS})`,
    exited,
  ),
];
