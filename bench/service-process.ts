import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { healthSchema, type Health } from '../src/core/contract/health.ts';
import { packageRoot } from '../src/paths.ts';

/** A service in a process of its own, as an operator would start it; it ends with this process, however that ends. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readHealth(): Promise<Health>;
}

export interface ServiceStart {
  /** Command of the service; `brig serve` by default. */
  readonly command?: readonly string[];
  /** Removed after the service has ended; none by default. */
  readonly folder?: string;
}

/** @throws Error where it ends before it listens. */
export async function startServiceProcess(
  env: NodeJS.ProcessEnv,
  { command = serveCommand(), folder = '' }: ServiceStart = {},
): Promise<ServiceProcess> {
  const keeper = spawn('/bin/sh', [join(packageRoot, 'bench/keeper.sh'), folder, ...command], {
    // Runtimes that are made ready in the background would be measured too.
    env: { BRIG_PREPARE_RUNTIMES: 'off', ...env, BRIG_PORT: '0', BRIG_HOST: '127.0.0.1' },
    // It logs as it does by default, to nowhere.
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C reaches this program alone, which then ends it once; told twice it would not clean up.
    detached: true,
  });
  const { pid, url } = await readStart(keeper, keeper.stdout);
  return {
    url,
    pid,
    readHealth: async () => healthSchema.parse(await (await fetch(`${url}/health`)).json()),
    [Symbol.asyncDispose]: () => stop(keeper),
  };
}

export const serveCommand = (): readonly string[] => [
  process.execPath,
  join(packageRoot, chooseProgram()),
  'serve',
];

/** The build, unless a source is newer; relative to the package. */
export function chooseProgram(): string {
  const built = join(packageRoot, 'dist/cli/main.js');
  const newest = Math.max(
    ...globSync('src/**/*.ts', { cwd: packageRoot }).map((file) => statSync(join(packageRoot, file)).mtimeMs),
  );
  const isCurrent = existsSync(built) && statSync(built).mtimeMs >= newest;
  return isCurrent ? 'dist/cli/main.js' : 'src/cli/main.ts';
}

async function readStart(keeper: ChildProcess, stdout: Readable): Promise<{ pid: number; url: string }> {
  let pid = 0;
  for await (const line of createInterface(stdout)) {
    pid ||= Number(/^pid (\d+)$/.exec(line)?.[1] ?? 0);
    const url = /listens on (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Later output is not needed, but a full pipe would block the service.
    stdout.resume();
    return { pid, url };
  }
  throw new Error(`The service ended with ${keeper.exitCode} before it listened.`);
}

/** The keeper ends the service when its input ends. */
async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const ended = once(keeper, 'exit');
  keeper.stdin?.end();
  await ended;
}
