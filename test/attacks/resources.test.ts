import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';
import { readConfigLimits } from '../support/config-limits.ts';

const { mounts, rlimits } = readConfigLimits();
const MIB = 1024 * 1024;
describeInJail('resources', (arena) => {
  const fillShared =
    "def main(mebibytes):\n    with open('/dev/shm/x', 'wb', 0) as f:\n        return sum(f.write(b'x' * 2**20) for _ in range(mebibytes))";

  it('memory: files in /dev/shm count', async () => {
    const { result, execution } = await arena.run(fillShared, { args: [100] });
    expect(result).toBe(100 * MIB);
    expect(execution.memory_peak_bytes).toBeGreaterThan(100 * MIB);
  });

  it('memory: files in /dev/shm end at the memory limit', async () => {
    const { error } = await arena.run(fillShared, { args: [100], limits: { memory_mb: 64 } });
    expect(error).toBe('memory_limit');
  });

  it.each(['/work', '/tmp'])('disk: %s is full at the size of nsjail/python.cfg', async (folder) => {
    const script =
      "import os\ndef main(folder):\n    os.unlink(__file__)\n    n = 0\n    try:\n        with open(folder + '/x', 'wb', 0) as f:\n            while True: n += f.write(b'x' * 2**20)\n    except OSError as error: return [n, error.errno]";
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
        "import os\ndef main(folder):\n    os.unlink(__file__)\n    n = 0\n    try:\n        while True:\n            os.close(os.open(f'{folder}/{n}', os.O_CREAT)); n += 1\n    except OSError as error: return [n, error.errno]";
      // The folder itself is one.
      expect(await arena.result(script, { args: [folder] })).toEqual([
        (mounts.get(folder)?.inodes ?? 0) - 1,
        28,
      ]);
    },
  );

  it('CPU time: burning beyond cpu_time ends with cpu_limit', async () => {
    const body = await arena.run('def main():\n    while True: pass', {
      limits: { cpu_time: 0.5, timeout: 30 },
    });
    expect(body.error).toBe('cpu_limit');
    expect(body.execution.cpu_ms).toBeGreaterThan(400);
    expect(body.execution.cpu_ms).toBeLessThan(5000);
  });

  it('descriptors: they end at the number of nsjail/python.cfg', async () => {
    const script =
      'import os\ndef main():\n    n = []\n    try:\n        while True: n.append(os.dup(0))\n    except OSError as error:\n        return [max(n), error.errno]';
    expect(await arena.result(script)).toEqual([(rlimits.get('nofile') ?? 0) - 1, 24]);
  });

  it('result: a hundred thousand digits are a result like any other', async () => {
    const answer = await arena.service.execute({ script: 'def main():\n    return 10 ** 100000' });
    expect(answer.text).toContain(`"result":1${'0'.repeat(100_000)},`);
  });
});
