import type { Answer, Attack, Complaint } from '../attack.ts';
import { answers, both, fails, lastsAtMost, returns } from '../expectations.ts';
import { lines, script } from '../python.ts';

const DISK_MB = 7;
/** `max` of nsjail/python.cfg. */
const MOST_TERMINALS = 16;
const limits = { disk_mb: DISK_MB };

/** A generous deadline: slowness of a busy machine is no breach. */
const patient = { fields: { limits: { timeout: 60 } } };

/** Mebibytes, rounded: the script itself lies in /work as well. */
const fill =
  "def main(folder):\n    n = 0\n    try:\n        with open(folder + '/x', 'wb', 0) as f:\n            for _ in range(200): n += f.write(b'x' * 2**20)\n    except OSError as error: return [(n + 2**19) >> 20, error.errno]\n    return [(n + 2**19) >> 20, 0]";
const nodes =
  "import os\ndef main(folder):\n    n = 0\n    try:\n        for _ in range(50_000):\n            os.close(os.open(f'{folder}/{n}', os.O_CREAT)); n += 1\n    except OSError as error: return [n < 10_000, error.errno]\n    return [n, 0]";
const descriptors =
  'import os\ndef main():\n    n = []\n    try:\n        for _ in range(5000): n.append(os.dup(0))\n    except OSError as error: return [len(n) < 1024, error.errno]\n    return len(n)';
const terminals =
  'import os\ndef main():\n    n = []\n    try:\n        for _ in range(500): n.append(os.openpty())\n    except OSError as error: return [len(n), error.errno]\n    return len(n)';
/** A program that returns its files never waits for a writer of one. */
const fifos =
  "import os\ndef main():\n    os.mkfifo('a'); os.mkfifo('b.txt'); os.mkdir('c'); os.mkfifo('c/d')\n    return 1";
const flood = (stream: string): string =>
  `import sys\ndef main():\n    sys.${stream}.write('head')\n    while True: sys.${stream}.write('x' * 65536)`;
const floodTogether =
  "import os\ndef main():\n    for _ in range(4):\n        if os.fork() == 0:\n            while True: os.write(1, b'x' * 65536)\n    os.wait()";

const raise = `
import resource
names = [n for n in dir(resource) if n.startswith('RLIMIT_')]
raised = []
for n in names:
    soft, hard = resource.getrlimit(getattr(resource, n))
    if hard == resource.RLIM_INFINITY: continue
    try:
        resource.setrlimit(getattr(resource, n), (hard, hard + 1)); raised.append(n)
    except (ValueError, PermissionError): pass
return raised`;

const isShort =
  (stream: 'stdout' | 'stderr') =>
  ({ body }: Answer): Complaint => {
    const text = body[stream] ?? '';
    return text.length < 1200 && text.startsWith('head') ? undefined : `${text.length} characters came back`;
  };

/** No such file, where a jail can have no terminals; file too large, where the limit of a file comes first; no space left on device; too many open files. */
const ENOENT = 2;
const EFBIG = 27;
const ENOSPC = 28;
const EMFILE = 24;

export const disk: readonly Attack[] = [
  ...['/work', '/tmp'].map((folder) =>
    script(`more bytes in ${folder} than disk_mb`, fill, returns([DISK_MB, ENOSPC], [DISK_MB, EFBIG]), {
      fields: { limits: { ...limits, ...patient.fields.limits }, args: [folder] },
    }),
  ),
  ...['/work', '/tmp', '/dev/shm'].map((folder) =>
    script(`fifty thousand files in ${folder}`, nodes, returns([true, ENOSPC]), {
      fields: { ...patient.fields, args: [folder] },
    }),
  ),
  script('thousands of descriptors', descriptors, returns([true, EMFILE])),
  script('hundreds of pseudo-terminals', terminals, returns([MOST_TERMINALS, ENOSPC], [0, ENOENT])),
  script(
    'named pipes among the returned files',
    fifos,
    both(answers({ result: 1, files: [] }), lastsAtMost(5000)),
    {
      fields: { return_files: ['**/*'] },
    },
  ),
  // Each of them would be a flush of the host's disk; without a file the kernel says EBADF, without a map ENOMEM.
  lines(
    'syncs of files that may only be read',
    'return [syscall(74, -1), syscall(75, -1), syscall(26, 4096, 4096, 4)]',
    returns(['ok', 'ok', 'ok']),
  ),
  lines(
    "advice to drop the image's files from memory, and a look at which are there",
    'return [syscall(221, -1, 0, 0, 4), syscall(451, 0, 0, 0, 0)]',
    returns(['ok', 'ENOSYS']),
  ),
  lines('limits of the kernel, raised', raise, returns([])),
  ...(['stdout', 'stderr'] as const).map((stream) =>
    script(`a flood of ${stream}`, flood(stream), both(fails('output_limit'), isShort(stream)), {
      fields: { limits: { output_bytes: 1000, ...patient.fields.limits } },
    }),
  ),
  script('a flood by child processes', floodTogether, fails('output_limit'), patient),
  script(
    'a result over its cap',
    "def main():\n    return 'x' * (11 * 2**20)",
    answers({ success: false, error: 'output_limit' }),
    patient,
  ),
  script(
    'a result that is nested a million deep',
    'def main():\n    x = []\n    for _ in range(10**6): x = [x]\n    return x',
    fails('invalid_result'),
    patient,
  ),
];
