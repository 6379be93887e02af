import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/paths.ts';
import { isRunning, readCommand, readParent } from './host-state.ts';

/** A service as an operator runs it: a process of its own. */
export interface ServeProcess {
  readonly pid: number;
  readonly url: string;
  /** The process that cleans up after a service that was killed. */
  readonly guardian: number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Exit status, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** What makes an idle service do nothing, so that a test knows what it has on the host. */
const quiet = { BRIG_MAX_WARM_JAILS: '1', BRIG_PREPARE_RUNTIMES: 'off' };

export async function startServe(
  overrides: Record<string, string> = {},
  program: readonly string[] = source,
): Promise<ServeProcess> {
  return await startProcess([...program, 'serve'], overrides, /listens on (http:\S+)/);
}

/** A worker, whose URL is that of its health and metrics. */
export async function startWorker(overrides: Record<string, string> = {}): Promise<ServeProcess> {
  const own = { BRIG_METRICS_PORT: '0', ...overrides };
  return await startProcess([...source, 'worker'], own, /metrics: (http:\S+)\/health/);
}

const source = [process.execPath, join(packageRoot, 'src', 'cli', 'main.ts')];

async function startProcess(
  [file = '', ...args]: readonly string[],
  overrides: Record<string, string>,
  said: RegExp,
): Promise<ServeProcess> {
  const child = spawn(file, args, {
    env: { ...process.env, BRIG_PORT: '0', BRIG_LOG_LEVEL: 'silent', ...quiet, ...overrides },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the service could not be started');
  const ended = new Promise<number | string>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
  const url = await Promise.race([readUrl(child, said), ended.then((how) => `ended with ${how}`)]);
  if (!url.startsWith('http')) throw new Error(`the service did not start: ${url}`);
  return { pid, url, guardian: findGuardian(pid), kill: (signal) => child.kill(signal), ended };
}

function readUrl({ stdout }: ChildProcess, said: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = said.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function findGuardian(parent: number): number | undefined {
  return listProcesses().find(
    (pid) => readParent(pid) === parent && readCommand(pid).includes('guardian.sh'),
  );
}

const listProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** A script that starts a process whose command line can be recognised from outside, and then waits. */
export const waiting = (marker: string, seconds = 60): string =>
  `import subprocess, sys\ndef main():\n    subprocess.run([sys.executable, '-c', 'import time; time.sleep(${seconds})', '${marker}'])\n    return 'done'`;

/** Processes on the host that carry the marker. */
export const findMarked = (marker: string): number[] =>
  listProcesses().filter((pid) => isRunning(pid) && readCommand(pid).endsWith(` ${marker}`));

/** Waits until a condition holds; how long it took in milliseconds, or an error after `patienceMs`. */
export async function until(condition: () => boolean, patienceMs = 10_000): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > patienceMs) throw new Error(`not within ${patienceMs} ms`);
    await sleep(10);
  }
  return performance.now() - start;
}
