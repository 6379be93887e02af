import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';

const command = [process.execPath, join(packageRoot, 'src', 'cli', 'main.ts'), 'repl'] as const;
let home: string;
beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'brig-repl-'))));
afterAll(() => rmSync(home, { recursive: true }));

const env = () => ({ XDG_STATE_HOME: home, TERM: 'dumb', PYTHON: undefined });

async function type(lines: readonly string[]) {
  const [file, ...words] = command;
  return await execa(file, words, { input: lines.join('\n'), reject: false, env: env() });
}

it('runs what is typed, one input after the other, blocks up to an empty line', async () => {
  const { stdout, stderr, exitCode } = await type([
    ...['total = 0', 'for n in range(4):', '    total += n', '', 'total', 'text = """one', 'two"""', 'text'],
    ...['missing', 'import asyncio', 'await asyncio.sleep(0, "awaited")', ''],
  ]);
  expect(stdout.split('\n')).toEqual(['6', "'one\\ntwo'", "'awaited'"]);
  expect(stderr).toContain('In [6]", line 1, in <module>');
  expect(stderr).toContain("NameError: name 'missing' is not defined");
  expect(exitCode).toBe(0);
});

it('ends with the status of what is typed, at exit() or at the end', async () => {
  expect((await type(['exit(7)', 'print("never")'])).exitCode).toBe(7);
  expect((await type(['1 / 0'])).exitCode).toBe(1);
  expect((await type(['import os; os._exit(5)', 'print("never")'])).stdout).toBe('');
});

/** A person at a terminal, as pexpect would be: what is typed, each after what has to be on the screen. */
const PERSON = `
import json, os, pty, select, sys, time
steps, words = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(words[0], words)
seen, at, deadline = b"", 0, time.monotonic() + 50
for awaited, typed in steps:
    while awaited.encode() not in seen[at:]:
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            sys.exit(f"{awaited!r} did not come after {seen[at:]!r}")
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            sys.exit(f"it ended before {awaited!r}: {seen!r}")
    at = seen.index(awaited.encode(), at) + len(awaited)
    os.write(terminal, typed.encode())
try:
    while more := os.read(terminal, 4096):
        seen += more
except OSError:
    pass
print(seen.decode(), "status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

it('is a prompt on a terminal: interrupts, completes, and remembers', { timeout: 120_000 }, async () => {
  const steps = [
    ['>>> ', 'import string\r'],
    ['>>> ', 'string.ascii_low\t'],
    ['string.ascii_lowercase', '\r'],
    ["'abcdefghijklmnopqrstuvwxyz'", ''],
    ['>>> ', 'for n in range(10**12): n or print("run" + "ning")\r'],
    ['... ', '\r'],
    ['running', '\x03'],
    ['KeyboardInterrupt', ''],
    ['>>> ', 'dropped = (1,'],
    ['(1,', '\x03'],
    ['>>> ', 'dropped\r'],
    ['is not defined', ''],
    ['>>> ', '\x04'],
  ];
  const { stdout, stderr } = await execa(
    'python3',
    ['-c', PERSON, JSON.stringify(steps), JSON.stringify(command)],
    {
      reject: false,
      env: env(),
    },
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('status 0');
  const file = join(home, 'brig', 'repl-history');
  expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual([
    'import string',
    'string.ascii_lowercase',
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
