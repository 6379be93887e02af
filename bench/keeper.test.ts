import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { isRunning } from '../test/support/host-state.ts';
import { packageRoot } from '../src/paths.ts';

const keeper = join(packageRoot, 'bench/keeper.sh');

/** A process that starts a keeper of `command` and waits; what it prints is what the keeper prints. */
function startStarter(folder: string, command: string) {
  const program = `require('node:child_process').spawn('/bin/sh', ${JSON.stringify([keeper, folder, '/bin/sh', '-c', command])}, { stdio: ['pipe', 'inherit', 'inherit'], detached: true }); setInterval(() => {}, 1000)`;
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('ends its command and removes the folder when its starter is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brig-keeper-'));
  const starter = startStarter(folder, 'exec sleep 600');
  const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
  const pid = Number(/^pid (\d+)$/.exec(line)?.[1]);
  expect(isRunning(pid)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => isRunning(pid) || existsSync(folder), { timeout: 10_000 }).toBe(false);
});

it('passes on the status of a command that ends by itself', async () => {
  const child = spawn('/bin/sh', [keeper, '', '/bin/sh', '-c', 'exit 3'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([3, null]);
});
