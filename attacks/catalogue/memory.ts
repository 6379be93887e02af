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
    'files in /dev/shm',
    "def main():\n    with open('/dev/shm/x', 'wb', 0) as f:\n        for _ in range(200): f.write(b'x' * 2**20)",
  ],
  [
    'a map of a file in /dev/shm',
    "import mmap, os\ndef main():\n    f = os.open('/dev/shm/x', os.O_RDWR | os.O_CREAT)\n    os.truncate(f, 2**29)\n    m = mmap.mmap(f, 2**29)\n    for i in range(0, 2**29, 4096): m[i] = 1",
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

/** Pages that the host has set apart, where it has any: no cgroup of memory counts them. */
const hugePages = `
maps, kept = ctypes.CDLL(None, use_errno=True).mmap, []
maps.restype, maps.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
while len(kept) < 100:
    place = maps(None, 2**21, 3, 0x40022, -1, 0)
    if place == 2**64 - 1: break
    kept.append(ctypes.memset(place, 1, 2**21))
return [len(kept), name(ctypes.get_errno()), attempt(os.memfd_create, 'huge', 4)]`;

export const memory: readonly Attack[] = [
  lines('huge pages', hugePages, returns([0, 'ENOMEM', 'EINVAL'])),
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
