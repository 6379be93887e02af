import type { Attack } from '../attack.ts';
import { both, fails, lastsAtMost } from '../expectations.ts';
import { script } from '../python.ts';
import { programs } from './programs.ts';

const loops: readonly [title: string, source: string][] = [
  ['an endless loop', 'def main():\n    while True: pass'],
  ['sleeping', 'import time\ndef main():\n    time.sleep(60)'],
  [
    'ignoring every signal',
    'import signal, time\ndef main():\n    for s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\n    signal.pthread_sigmask(0, set(signal.Signals))\n    while True: time.sleep(1)',
  ],
  [
    'stopping itself',
    'import os\ndef main():\n    pid = os.fork()\n    if pid == 0:\n        os.kill(os.getpid(), 19)\n    os.waitpid(pid, 0)',
  ],
  [
    'a regular expression that backtracks for ever',
    "import re\ndef main():\n    return bool(re.match('(a+)+$', 'a' * 64 + 'b'))",
  ],
  ['an integer of billions of digits', 'def main():\n    return (7 ** (10 ** 8)) % 10'],
  [
    'waiting for input that never comes',
    'import os\ndef main():\n    r, w = os.pipe()\n    return os.read(r, 1)',
  ],
  [
    'an exception handler that begins anew',
    'def main():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass',
  ],
  ['code at module level', 'while True: pass\ndef main(): pass'],
  [
    'clearing the parent-death signal, in a session of its own',
    'import ctypes, os, time\ndef main():\n    if os.fork() == 0: os.setsid()\n    while True:\n        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0); time.sleep(0.1)',
  ],
];

export const deadline: readonly Attack[] = [
  ...loops.map(([title, source]) =>
    script(title, source, both(fails('timeout'), lastsAtMost(8000)), { fields: { limits: { timeout: 1 } } }),
  ),
  ...programs('an endless loop', 'endless'),
];
