import type { Attack } from '../attack.ts';
import { fails, returns } from '../expectations.ts';
import { lines, script } from '../python.ts';
import { init } from './init.ts';
import { programs } from './programs.ts';

const refused: readonly [title: string, text: string, answers: readonly unknown[]][] = [
  [
    "following a process's root out of the jail",
    "return [os.path.samefile(f'/proc/{p}/root', '/') for p in os.listdir('/proc') if p.isdigit() and p != '1']",
    [[true]],
  ],
  [
    "the memory of a process that is not one's own child",
    "return sorted({(m, attempt(open, f'/proc/{p}/mem', m)) for p in os.listdir('/proc') if p.isdigit() and p != str(os.getpid()) for m in ('rb', 'r+b')})",
    [
      [
        ['r+b', 'EACCES'],
        ['rb', 'EACCES'],
      ],
      // A file system that is read-only as a whole refuses to write first, and still who may not read.
      [
        ['r+b', 'EROFS'],
        ['rb', 'EACCES'],
      ],
      [],
    ],
  ],
  [
    'a lower oom_score_adj than its own',
    "return attempt(lambda: open('/proc/self/oom_score_adj', 'w').write('-1000')) in ('EACCES', 'EROFS', 'EPERM')",
    [true],
  ],
  [
    'typing into a terminal with TIOCSTI, also with high bits set',
    "import fcntl\nreturn [attempt(fcntl.ioctl, 0, 0x5412, b'x'), syscall(16, 0, 0x5412 | 1 << 32, b'x'), syscall(16, 0, 0x541c, b'x')]",
    [['ENOTTY', 'ENOTTY', 'ENOTTY']],
  ],
  [
    'typing into a terminal of its own, line disciplines, the console: also with high bits set',
    "master, slave = os.openpty() if os.path.exists('/dev/ptmx') else (0, 0)\nreturn [syscall(16, fd, c | high, b'x' * 64) for fd in (master, slave) for c in (0x5412, 0x541c, 0x541d, 0x5423, 0x5424, 0x4b3a, 0x5437, 0x540c) for high in (0, 1 << 32)]",
    [Array.from({ length: 32 }, () => 'ENOTTY')],
  ],
  ['a controlling terminal of the host: there is none', "return attempt(open, '/dev/tty')", ['ENOENT']],
  [
    'signalling processes of the host: no such process',
    'return sorted({attempt(os.kill, p, 0) for p in range(3, 5000)})',
    [['ESRCH']],
  ],
];

const LIMIT = 12;

/** Number of processes, or threads, that can be had; the rest must be refused with EAGAIN. */
const forks =
  'import os, time\ndef main():\n    n = 1\n    try:\n        for _ in range(200):\n            if os.fork() == 0: time.sleep(20)\n            n += 1\n    except OSError as error: return [n, error.errno]\n    return [n, 0]';
const threads =
  'import threading, time\ndef main():\n    n = 1\n    try:\n        for _ in range(200):\n            threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); n += 1\n    except RuntimeError: return n\n    return n';
const bomb = 'import os\ndef main():\n    while True:\n        try: os.fork()\n        except OSError: pass';
const EAGAIN = 11;

export const processes: readonly Attack[] = [
  ...refused.map(([title, text, expected]) => lines(title, text, returns(...expected))),
  script('forks beyond the limit', forks, returns([LIMIT, EAGAIN]), {
    needs: ['cgroup'],
    fields: { limits: { processes: LIMIT } },
  }),
  script('threads beyond the limit', threads, returns(LIMIT), {
    needs: ['cgroup'],
    fields: { limits: { processes: LIMIT } },
  }),
  script('a fork bomb', bomb, fails('timeout'), { fields: { limits: { timeout: 1.5, processes: 20 } } }),
  ...init,
  ...programs('two hundred children', 'bomb'),
];
