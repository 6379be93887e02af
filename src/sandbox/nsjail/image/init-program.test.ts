import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInitProgram, SIGNAL_LINE } from './init-program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brig-init-'));
  writeFileSync(join(folder, 'init'), makeInitProgram(), { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command under the init program, which needs no jail. */
function run(...command: readonly string[]) {
  return start(join(folder, 'init'), ...command);
}

function start(file: string, ...args: readonly string[]) {
  const { status, stdout, output } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 10_000,
    env: { NAME: 'value' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  return { status, stdout, log: output[3], report: output[4] };
}
const shell = (text: string) => run('/bin/sh', '-c', text);

describe('the init program', () => {
  it.each([0, 1, 127, 137, 255])('ends with the status %i of its child, and says nothing', (status) => {
    expect(shell(`exit ${status}`)).toMatchObject({ status, log: '' });
  });

  it.each([1, 6, 9, 11, 14, 15, 34, 64])('tells that signal %i ended its child', (signal) => {
    const log = `${SIGNAL_LINE}${String(signal).padStart(2, '0')}\n`;
    expect(shell(`kill -${signal} $$`)).toMatchObject({ status: 128 + signal, log });
  });

  it('gives its child arguments, environment, streams and the report, but not the log', () => {
    const { stdout, log, report } = shell('echo "$NAME"; echo told >&4; echo forged 2>&1 >&3');
    expect(stdout).toMatch(/^value\n.*3: Bad file descriptor\n$/);
    expect([log, report]).toEqual(['', 'told\n']);
  });

  it('gives its child a session of its own', () => {
    expect(
      shell('read -r _ _ _ _ group session _ < /proc/$$/stat; echo $(($$ - group)) $(($$ - session))').stdout,
    ).toBe('0 0\n');
  });

  it('reaps another process, and does not take it for its child', () => {
    // The shell that becomes the init process has a child already. `kill -0` succeeds until somebody waits for that.
    const ends = 'kill $other; while kill -0 $other 2>/dev/null; do :; done; exit 5';
    const begin = `sleep 60 & export other=$!; exec "$0" /bin/sh -c '${ends}'`;
    expect(start('/bin/sh', '-c', begin, join(folder, 'init'))).toMatchObject({ status: 5, log: '' });
  });

  it('tells that there is nothing to start', () => {
    expect(run('/nowhere')).toMatchObject({
      status: 127,
      log: '[F][init] The interpreter could not be started.\n',
    });
  });
});
