import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../src/core/contract/limits.ts';
import type { CgroupTree, Leaf, LeafLimits } from '../src/sandbox/nsjail/cgroup/cgroup.ts';
import { openCgroupTree } from '../src/sandbox/nsjail/cgroup/open-tree.ts';

const limits: LeafLimits = { memory_mb: 64, processes: 8, cpus: 1 };
/** Longer than a leaf rests. */
const REST_MS = 250;

let tree: CgroupTree;
let scratch: string;
let count = 0;

/** Enters a leaf as the starter's children do, and then runs Python. */
function runIn(leaf: Leaf, program: string): ChildProcess {
  const code = `import sys\nfor file in sys.argv[1:]: open(file, "w").write("0")\n${program}`;
  return spawn('python3', ['-I', '-S', '-c', code, ...leaf.joinFiles], { stdio: 'ignore' });
}

const create = (wanted: LeafLimits = limits): Leaf => {
  count += 1;
  return tree.createLeaf(`leaf-${count}`, wanted);
};

/** Whether leaves are the same folder. cgroup v2 gives none out again. */
const areSame = (one: Leaf, other: Leaf): boolean => one.joinFiles.join() === other.joinFiles.join();

describe('a leaf that served an execution', () => {
  beforeAll(async () => {
    tree = await openCgroupTree(undefined);
    scratch = mkdtempSync(join(tmpdir(), 'brig-leaves-'));
  });
  afterAll(async () => {
    rmSync(scratch, { recursive: true });
    await tree.close();
  });

  it('is as good as new for the next one', async () => {
    const first = create();
    // Memory above the limit, processes above theirs, and CPU time.
    const spender = runIn(
      first,
      'import time\nwhile time.process_time() < 0.2: pass\nimport posix\nfor _ in range(12):\n try: posix.fork() or time.sleep(20)\n except OSError: break\nx = bytearray(200 << 20)',
    );
    await once(spender, 'exit');
    expect(first.readUsage()).toMatchObject({ wasFull: true });
    expect(first.readCpuMs()).toBeGreaterThan(150);
    await first.giveBack();
    await sleep(REST_MS);
    const second = create({ ...limits, memory_mb: 32 });
    expect(areSame(first, second)).toBe(tree.version === 1);
    const fresh = second.readUsage();
    expect(fresh).toMatchObject({ oomKills: 0, wasFull: false, processRefusals: 0 });
    expect(fresh?.cpuMs).toBeLessThan(5);
    expect(fresh?.memoryPeakBytes).toBeLessThan(MIB);
    // The new limits hold.
    await once(runIn(second, 'x = bytearray(48 << 20)'), 'exit');
    expect(second.readUsage()).toMatchObject({ wasFull: true });
    await second.remove();
  });

  it('has lost its last process before the next one gets it', async () => {
    const first = create();
    const sleeper = runIn(first, 'import time\ntime.sleep(60)');
    await expect.poll(() => readFileSync(first.joinFiles[0] ?? '', 'utf8')).toContain(String(sleeper.pid));
    await first.giveBack();
    expect(sleeper.signalCode ?? (await once(sleeper, 'exit'))[1]).toBe('SIGKILL');
  });

  it('is removed if it still pays for files that its execution was the first to write or read', async () => {
    const first = create();
    const file = join(scratch, 'file');
    await once(runIn(first, `open(${JSON.stringify(file)}, "wb").write(bytes(8 << 20))`), 'exit');
    await first.giveBack();
    await sleep(REST_MS);
    const second = create();
    expect(areSame(first, second)).toBe(false);
    await second.remove();
  });

  it('is forgotten if somebody removes it while it rests', async () => {
    const first = create();
    await first.giveBack();
    if (tree.version === 1) for (const file of first.joinFiles) rmdirSync(dirname(file));
    await sleep(REST_MS);
    const second = create();
    expect(areSame(first, second)).toBe(false);
    expect(second.readUsage()).toMatchObject({ oomKills: 0 });
    await second.remove();
  });

  it('is gone a while later, if nobody needs it', async () => {
    const leaf = create();
    await leaf.giveBack();
    await expect
      .poll(
        () =>
          tree.folders.some((folder) =>
            leaf.joinFiles.some((file) => file.startsWith(folder) && exists(file)),
          ),
        { timeout: 5000 },
      )
      .toBe(false);
  });
});

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
