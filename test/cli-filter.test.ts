import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { findMarked, until, waiting } from './support/serve.ts';

interface Filter {
  readonly child: ChildProcessWithoutNullStreams;
  /** All that it says on standard error; its standard output is read by nobody yet. */
  readonly stderr: Promise<string>;
}

function start(args: readonly string[], script: string): Filter {
  const child = spawn(process.execPath, [join(packageRoot, 'src/cli/main.ts'), 'run', '-', ...args]);
  child.stdin.end(script);
  return { child, stderr: text(child.stderr) };
}

/** Its status, as a number or as the name of a signal. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<number | string> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal ?? 'nothing';
}

async function run(args: readonly string[], script: string) {
  const { child, stderr } = start(args, script);
  const [status, stdout] = await Promise.all([endOf(child), text(child.stdout)]);
  return { status, stdout, stderr: await stderr };
}

const readLines = (lines: string) =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; data: Record<string, unknown> });

/** Starts a process that can be found, then goes on writing for as long as somebody reads. */
const writesOn = (marker: string): string => `import os, threading
${waiting(marker)}
wait = main
def main():
    threading.Thread(target=wait).start()
    while True: os.write(1, b'line\\n' * 1000)`;

describe('brig run in a pipe', () => {
  it('prints what the script printed, byte for byte, and its value', async () => {
    const script = `import os, time
def main():
    for byte in 'äöü€😀'.encode() * 20:
        os.write(1, bytes([byte]))
        time.sleep(0.001)
    return 'é'`;
    expect(await run([], script)).toEqual({
      status: 0,
      stdout: `${'äöü€😀'.repeat(20)}\n"\\u00e9"\n`,
      stderr: '',
    });
  });

  it('is held up by a slow reader, and loses nothing', async () => {
    const script = `def main():\n    for line in range(100_000): print('%099d' % line)\n    return 'all'`;
    const { child, stderr } = start(['--timeout', '50'], script);
    await once(child.stdout, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [status, all] = await Promise.all([endOf(child), text(child.stdout)]);
    expect(status).toBe(0);
    expect(all.length).toBe(10_000_000 + '"all"\n'.length);
    expect(await stderr).toBe('');
  });

  it('keeps the deadline, whoever reads', async () => {
    const { child, stderr } = start(['--timeout', '1'], writesOn('cli-deadline'));
    await until(() => findMarked('cli-deadline').length === 1);
    await until(() => findMarked('cli-deadline').length === 0);
    const [status] = await Promise.all([endOf(child), text(child.stdout)]);
    expect(status).toBe(124);
    expect(await stderr).toMatch(/^timeout: [^\n]+\n {2}try /);
  });

  it.each([[[]], [['--stream']]])('ends quietly where its reader goes away %j', async (args) => {
    const { child, stderr } = start(['--timeout', '60', ...args], writesOn('cli-leaves'));
    await until(() => findMarked('cli-leaves').length === 1);
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    expect(await endOf(child)).toBe(141);
    expect(await stderr).toBe('');
    await until(() => findMarked('cli-leaves').length === 0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends its jail at %s, also where nobody reads', async (signal, status) => {
    const { child } = start(['--timeout', '60'], writesOn(`cli-${signal}`));
    await until(() => findMarked(`cli-${signal}`).length === 1);
    child.kill(signal);
    expect(await endOf(child)).toBe(status);
    expect(findMarked(`cli-${signal}`)).toEqual([]);
    child.stdout.destroy();
  });
});

describe('brig run --stream', () => {
  it('prints each event as a line, the last one done', async () => {
    const script = `import os\ndef main():\n    print('a')\n    text = b'[1,\\n\\r\\n2]'\n    os.write(4, b'r' + len(text).to_bytes(4, 'big') + text)`;
    const { status, stdout, stderr } = await run(['--stream'], script);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readLines(stdout)).toEqual([
      { event: 'start', data: { id: expect.any(String) } },
      { event: 'stdout', data: { text: 'a\n' } },
      { event: 'done', data: expect.objectContaining({ success: true, result: [1, 2] }) },
    ]);
  });

  it('has the status of the outcome, and says so of a request that is refused', async () => {
    const failed = await run(['--stream'], 'def main():\n    return 1 / 0');
    expect(failed.status).toBe(1);
    expect(readLines(failed.stdout).at(-1)).toMatchObject({
      event: 'done',
      data: { error: 'runtime_error' },
    });
    const refused = await run(['--stream', '--timeout', '1e9'], 'def main(): pass');
    expect(refused).toMatchObject({ status: 64, stderr: '' });
    expect(readLines(refused.stdout)).toMatchObject([{ event: 'error', data: { error: 'invalid_input' } }]);
  });

  it('sends a large outcome whole', async () => {
    const { stdout } = await run(['--stream'], 'def main():\n    return "x" * 5_000_000');
    expect(readLines(stdout).at(-1)?.data['result']).toHaveLength(5_000_000);
  });
});
