import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { packageRoot } from '../src/paths.ts';

/** A service in a process of its own, as an operator would start it. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What was started, relative to the package. */
  readonly program: string;
}

/** @throws Error where it ends before it listens. */
export async function startServiceProcess(env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const program = chooseProgram();
  const child = spawn(process.execPath, [join(packageRoot, program), 'serve'], {
    env: { ...env, BRIG_PORT: '0', BRIG_HOST: '127.0.0.1' },
    // It logs as it does by default, to nowhere.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await readAddress(child, child.stdout);
  return { url, pid: child.pid ?? 0, program, [Symbol.asyncDispose]: () => stop(child) };
}

/** The build, unless a source is newer. */
function chooseProgram(): string {
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
  child.kill('SIGTERM');
  await ended;
}
