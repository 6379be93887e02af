import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { healthSchema, type Health } from '../src/core/health.ts';
import { packageRoot } from '../src/paths.ts';

/** A service in a process of its own, as an operator would start it. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readHealth(): Promise<Health>;
}

/** Longer than a service gives its running executions. */
const STOP_PATIENCE_MS = 35_000;

/** @throws Error where it ends before it listens. */
export async function startServiceProcess(env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [join(packageRoot, chooseProgram()), 'serve'], {
    env: { ...env, BRIG_PORT: '0', BRIG_HOST: '127.0.0.1' },
    // It logs as it does by default, to nowhere.
    stdio: ['ignore', 'pipe', 'ignore'],
    // Ctrl-C reaches this program alone, which then ends it once; told twice it would not clean up.
    detached: true,
  });
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  const url = await readAddress(child, child.stdout);
  return {
    url,
    pid: child.pid ?? 0,
    readHealth: async () => healthSchema.parse(await (await fetch(`${url}/health`)).json()),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

/** The build, unless a source is newer; relative to the package. */
export function chooseProgram(): string {
  const built = join(packageRoot, 'dist/cli/main.js');
  const newest = Math.max(
    ...globSync('src/**/*.ts', { cwd: packageRoot }).map((file) => statSync(join(packageRoot, file)).mtimeMs),
  );
  const isCurrent = existsSync(built) && statSync(built).mtimeMs >= newest;
  return isCurrent ? 'dist/cli/main.js' : 'src/cli/main.ts';
}

async function readAddress(child: ChildProcess, stdout: Readable): Promise<string> {
  for await (const line of createInterface(stdout)) {
    const url = /listens on (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // What else it announces is of no interest, but has to be read.
    stdout.resume();
    return url;
  }
  throw new Error(`The service ended with ${child.exitCode} before it listened.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
