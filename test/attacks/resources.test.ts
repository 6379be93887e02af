import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';
import { readConfigLimits } from '../support/config-limits.ts';

const { mounts, rlimits } = readConfigLimits();
const MIB = 1024 * 1024;
const small = { memory_mb: 64, timeout: 8 };

/** However memory is used up, it counts against the one limit: the kernel kills, or CPython raises MemoryError. */
const hoarders: readonly [why: string, script: string][] = [
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

describeInJail('resources', (arena) => {
  it.each(hoarders)('memory: %s ends with memory_limit, whatever it does', async (_why, script) => {
    const body = await arena.run(script, { limits: { ...small, disk_mb: 300 } });
    expect(body.error).toBe('memory_limit');
    expect(body.execution.memory_peak_bytes).toBeLessThanOrEqual(65 * MIB);
  });

  it('memory: many processes share the one limit, and never hold more at once', async () => {
    const body = await arena.run(
      "import os, time\ndef main():\n    pids = []\n    for _ in range(8):\n        pid = os.fork()\n        if pid == 0:\n            kept = b'x' * 2**24\n            time.sleep(1)\n            os._exit(0)\n        pids.append(pid)\n    return [os.waitpid(p, 0)[1] for p in pids]",
      { limits: small },
    );
    expect(body.success ? body.result : [9]).toContain(9);
    expect(body.success || body.error === 'memory_limit').toBe(true);
    expect(body.execution.memory_peak_bytes).toBeLessThanOrEqual(65 * MIB);
  });

  it('memory: files in /dev/shm end at its size, and count', async () => {
    const size = mounts.get('/dev/shm')?.mebibytes ?? 0;
    const script =
      "def main():\n    n = 0\n    try:\n        with open('/dev/shm/x', 'wb', 0) as f:\n            for _ in range(400): n += f.write(b'x' * 2**20)\n    except OSError: pass\n    return n";
    const body = await arena.run(script);
    expect(body.result).toBe(size * MIB);
    expect(body.execution.memory_peak_bytes).toBeGreaterThan(size * MIB);
  });

  it.each(['/work', '/tmp'])('disk: %s is full at the size of nsjail/python.cfg', async (folder) => {
    const script =
      "def main(folder):\n    n = 0\n    try:\n        with open(folder + '/x', 'wb', 0) as f:\n            while True: n += f.write(b'x' * 2**20)\n    except OSError as error: return [n, error.errno]";
    expect(await arena.result(script, { args: [folder] })).toEqual([
      (mounts.get(folder)?.mebibytes ?? 0) * MIB,
      28,
    ]);
  });

  it('disk: another size of the request holds for /work and /tmp', async () => {
    const script =
      "import os\ndef main():\n    return [os.statvfs(d).f_blocks * os.statvfs(d).f_frsize >> 20 for d in ('/work', '/tmp')]";
    expect(await arena.result(script, { limits: { disk_mb: 7 } })).toEqual([7, 7]);
  });

  it.each(['/work', '/tmp', '/dev/shm'])(
    'disk: %s has the inodes of nsjail/python.cfg and no more',
    async (folder) => {
      const script =
        "import os\ndef main(folder):\n    n = 0\n    try:\n        while True:\n            os.close(os.open(f'{folder}/{n}', os.O_CREAT)); n += 1\n    except OSError as error: return [n, error.errno]";
      // The folder itself is one.
      expect(await arena.result(script, { args: [folder] })).toEqual([
        (mounts.get(folder)?.inodes ?? 0) - 1,
        28,
      ]);
    },
  );

  it('processes: a fork bomb stays within its limit, and its end frees the host', async () => {
    const body = await arena.run(
      'import os\ndef main():\n    while True:\n        try: os.fork()\n        except OSError: pass',
      {
        limits: { timeout: 1.5, processes: 20 },
      },
    );
    expect(body.error).toBe('timeout');
  });

  it('processes: forks beyond the limit fail', async () => {
    const script =
      'import os, time\ndef main():\n    n = 1\n    try:\n        while True:\n            if os.fork() == 0: time.sleep(20)\n            n += 1\n    except OSError as error: return [n, error.errno]';
    expect(await arena.result(script, { limits: { processes: 12 } })).toEqual([12, 11]);
  });

  it('processes: threads count too', async () => {
    const script =
      'import threading, time\ndef main():\n    n = 1\n    try:\n        while True:\n            threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); n += 1\n    except RuntimeError: return n';
    expect(await arena.result(script, { limits: { processes: 12 } })).toBe(12);
  });

  it('CPU time: burning beyond cpu_time ends with cpu_limit', async () => {
    const body = await arena.run('def main():\n    while True: pass', {
      limits: { cpu_time: 0.5, timeout: 30 },
    });
    expect(body.error).toBe('cpu_limit');
    expect(body.execution.cpu_ms).toBeGreaterThan(400);
    expect(body.execution.cpu_ms).toBeLessThan(5000);
  });

  it('CPU time: processes and threads that share the burning are counted together', async () => {
    const script = 'import os\ndef main():\n    for _ in range(3): os.fork()\n    while True: pass';
    const body = await arena.run(script, { limits: { cpu_time: 0.5, timeout: 30, cpus: 2 } });
    expect(body.error).toBe('cpu_limit');
  });

  it.each([
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
  ])('wall clock: %s ends with timeout', async (_why, script) => {
    const body = await arena.run(script, { limits: { timeout: 1 } });
    expect(body.error).toBe('timeout');
    expect(body.execution.duration_ms).toBeLessThan(8000);
  });

  it('descriptors: they end at the number of nsjail/python.cfg', async () => {
    const script =
      'import os\ndef main():\n    n = []\n    try:\n        while True: n.append(os.dup(0))\n    except OSError as error:\n        return [max(n), error.errno]';
    expect(await arena.result(script)).toEqual([(rlimits.get('nofile') ?? 0) - 1, 24]);
  });

  it.each(['stdout', 'stderr'])(
    'output: a flood of %s ends with output_limit, its head and tail kept',
    async (stream) => {
      const body = await arena.run(
        `import sys\ndef main():\n    sys.${stream}.write('head')\n    while True: sys.${stream}.write('x' * 65536)`,
        { limits: { output_bytes: 1000 } },
      );
      expect(body.error).toBe('output_limit');
      const text = stream === 'stdout' ? body.stdout : body.stderr;
      expect(text.length).toBeLessThan(1200);
      expect(text).toMatch(/^head/);
    },
  );

  it('output: a flood by child processes ends with output_limit', async () => {
    const script =
      "import os\ndef main():\n    for _ in range(4):\n        if os.fork() == 0:\n            while True: os.write(1, b'x' * 65536)\n    os.wait()";
    expect((await arena.run(script)).error).toBe('output_limit');
  });

  it('result: one over its cap ends with output_limit, and is not carried over', async () => {
    const body = await arena.run("def main():\n    return 'x' * (11 * 2**20)");
    expect(body).toMatchObject({ success: false, error: 'output_limit' });
  });

  it('result: one that is nested a million deep is invalid_result, or out of memory', async () => {
    const body = await arena.run('def main():\n    x = []\n    for _ in range(10**6): x = [x]\n    return x');
    expect(body.error).toBe('invalid_result');
  });

  it('result: a hundred thousand digits are a result like any other', async () => {
    const answer = await arena.service.execute({ script: 'def main():\n    return 10 ** 100000' });
    expect(answer.text).toContain(`"result":1${'0'.repeat(100_000)},`);
  });

  it('limits of the kernel cannot be raised: setrlimit is refused for each', async () => {
    const lines = `
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
    expect(await arena.attack(lines)).toEqual([]);
  });

  it('priority: a higher one and real time are refused', async () => {
    const lines =
      'return [attempt(os.nice, -5), attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1)), attempt(os.setpriority, 0, 0, -20)]';
    for (const answer of (await arena.attack(lines)) as string[])
      expect(['EPERM', 'EACCES']).toContain(answer);
  });

  it('priority: CPU bandwidth stays within cpus, however many burn', async () => {
    const script =
      'import os, time\ndef main():\n    for _ in range(3): os.fork()\n    end = time.monotonic() + 1.5\n    while time.monotonic() < end: pass\n    os.getpid() == 1 or os._exit(0)';
    const body = await arena.run(script, { limits: { cpus: 0.25 } });
    expect(body.success).toBe(true);
    expect(body.execution.cpu_ms).toBeLessThan(body.execution.duration_ms * 0.25 + 250);
  });

  it('locked memory beyond its limit is refused', async () => {
    const lines = 'return [syscall(151, 1), syscall(149, ctypes.create_string_buffer(2**20), 2**20)]';
    for (const answer of (await arena.attack(lines)) as string[])
      expect(['ENOMEM', 'EPERM']).toContain(answer);
  });
});
