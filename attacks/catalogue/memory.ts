import type { Attack } from '../attack.ts';
import { both, fails, peaksBelow, returns } from '../expectations.ts';
import { lines, script } from '../python.ts';
import { programs } from './programs.ts';

const MEMORY_MB = 64;
const limits = { memory_mb: MEMORY_MB, timeout: 40, disk_mb: 300 };

/** However memory is used up, it counts against the one limit: the kernel kills, or CPython raises MemoryError. */
const hoarders: readonly [title: string, script: string][] = [
  ['one list that doubles', 'def main():\n    x = [0]\n    while True: x = x + x'],
  [
    'multiplication of lists',
    "def main():\n    x = ['x' * 1000] * 1000\n    return len([list(x) for _ in range(10**7)])",
  ],
  ['a string of 2 GiB', 'def main():\n    return len(bytearray(2**31))'],
  [
    'anonymous maps',
    'import mmap\ndef main():\n    kept = []\n    while True:\n        m = mmap.mmap(-1, 2**22); kept.append(m)\n        for i in range(0, 2**22, 4096): m[i] = 1',
  ],
  [
    'shared maps',
    'import mmap\ndef main():\n    m = mmap.mmap(-1, 2**29, flags=mmap.MAP_SHARED)\n    for i in range(0, 2**29, 4096): m[i] = 1',
  ],
  [
    'memfd_create',
    "import os\ndef main():\n    f = os.memfd_create('x')\n    while True: os.write(f, b'x' * 2**20)",
  ],
  [
    'files in /work',
    "def main():\n    with open('/work/x', 'wb', 0) as f:\n        for _ in range(200): f.write(b'x' * 2**20)",
  ],
  [
    'decompression',
    'import zlib\ndef main():\n    small = zlib.compress(bytes(2**24))\n    return [zlib.decompress(small) for _ in range(64)]',
  ],
];

const family = `
import os, time
def main():
    pids = []
    for _ in range(8):
        pid = os.fork()
        if pid == 0:
            kept = b'x' * 2**24
            time.sleep(1)
            os._exit(0)
        pids.append(pid)
    return [os.waitpid(p, 0)[1] for p in pids].count(9) > 0
`;

export const memory: readonly Attack[] = [
  ...hoarders.map(([title, source]) =>
    script(title, source, both(fails('memory_limit'), peaksBelow(MEMORY_MB + 1)), {
      needs: ['cgroup'],
      fields: { limits },
    }),
  ),
  script(
    'many processes that hold the limit together',
    family,
    both(
      (answer) => (answer.body.error === 'memory_limit' ? undefined : returns(true)(answer)),
      peaksBelow(MEMORY_MB + 1),
    ),
    { needs: ['cgroup'], fields: { limits } },
  ),
  lines(
    'locked memory beyond its limit',
    "return [one in ('ENOMEM', 'EPERM') for one in (syscall(151, 1), syscall(149, ctypes.create_string_buffer(2**20), 2**20))]",
    returns([true, true]),
  ),
  ...programs('all that can be had', 'greedy'),
];
